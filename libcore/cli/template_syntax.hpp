#pragma once

#include "libcore/base/value.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

// What a template consists of, as Go's text/template calls it; template_parser.hpp makes it of text.
namespace husk::cli {

struct Pipeline;

/// Something with a value: ".", ".A.B", "$x.A", "(…).A", "42", or the name of a function.
struct Operand {
  enum class Kind : std::uint8_t { dot, variable, literal, function, pipeline };
  Kind kind = Kind::dot;
  std::string name = {};  // of a variable, with its "$", or of a function
  Value literal = {};
  std::shared_ptr<const Pipeline> pipeline = {};
  std::vector<std::string> fields = {};  // of what the rest gives, one of the other
};

/// A function, or a field that takes some, and its arguments; or an operand alone.
using Invocation = std::vector<Operand>;

/// Each is the last argument of the next. The result is given to the variables: {{$x := …}}, {{range $i, $x
/// := …}}.
struct Pipeline {
  std::vector<std::string> variables;
  bool declares = false;  // ":=", not "="
  std::vector<Invocation> invocations;
};

struct Node {
  enum class Kind : std::uint8_t { text, print, branch, with, range, leave, next };
  Kind kind = Kind::text;
  std::string text = {};
  Pipeline pipeline = {};
  std::vector<Node> body = {};
  std::vector<Node> otherwise = {};
};

}  // namespace husk::cli
