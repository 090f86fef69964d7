#pragma once

#include "libcore/base/value.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace husk::cli {

struct Token {
  /// field: ".Name" without the dot; sign: one of ( ) | , = :=
  enum class Kind : std::uint8_t { word, field, dot, variable, literal, sign };
  Kind kind = Kind::sign;
  std::string text = {};
  Value literal = {};
  bool follows_directly = false;  // no blank before it: "$x.A" is one operand, "$x .A" are two
};

/// Text to print as it is, or what stands between "{{" and "}}".
struct TemplatePart {
  bool is_action = false;
  std::string text = {};
  std::vector<Token> tokens = {};
};

/// Takes TEXT apart as Go's text/template does: "{{-" and "-}}" eat the blanks around, "{{/* … */}}" is
/// nothing. Throws Error with exit usage.
std::vector<TemplatePart> split_template(std::string_view text);

}  // namespace husk::cli
