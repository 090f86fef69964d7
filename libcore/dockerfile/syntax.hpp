#pragma once

#include "libcore/dockerfile/diagnostics.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace husk::dockerfile {

/// A piece of an instruction as it was written, and where.
struct Word {
  std::string text;
  Position at = {};
  bool empty() const noexcept { return text.empty(); }
};

/// "<<EOF" and the lines that belong to it.
struct Heredoc {
  std::string name;
  std::string content = {};  // with the tabs that "<<-" takes away; see chomped()
  bool expand = true;        // no part of the name was quoted
  bool chomp = false;        // "<<-"
  unsigned fd = 0;           // "3<<EOF"
  Position at = {};          // of its first line

  /// The content as it is meant: without leading tabs if it came with "<<-".
  std::string chomped() const;
};

/// One instruction of the syntax tree. The words are BuildKit's: quotes and escapes stand in them still, ENV
/// has three for a pair (name, value, "=" or "" for the old form), HEALTHCHECK its type first.
struct Node {
  std::string keyword;  // in lower case
  Position at = {};
  int first_line = 0;
  int last_line = 0;
  std::vector<Word> flags = {};
  std::vector<Word> arguments = {};
  bool json = false;  // the arguments were a JSON array
  std::vector<Heredoc> heredocs = {};
  std::vector<Node> sub = {};              // ONBUILD: the one instruction in it
  std::string original = {};               // the logical line: continuation lines joined
  std::vector<std::string> comments = {};  // the lines of comment right before it, without "#"
};

struct SyntaxTree {
  std::vector<Node> instructions;
  char escape = '\\';
  std::string syntax;                    // of "# syntax=", accepted and never fetched
  Word check;                            // of "# check=": its first word, the rest is a remark
  std::vector<int> empty_continuations;  // last lines of instructions that go on after an empty line
};

/// BuildKit's dockerfile 1.26 grammar up to the words of each instruction. Unknown instructions are in the
/// tree, without arguments; those that are in DIAGNOSTICS are not.
SyntaxTree parse_syntax(const std::string& text, Diagnostics& diagnostics);

/// Throws the first SyntaxError.
SyntaxTree parse_syntax(const std::string& text);

/// One instruction without directives, as in ONBUILD of a base image. Throws SyntaxError.
Node parse_one(const std::string& text, char escape);

/// BuildKit's dump of the tree, an s-expression a line.
std::string print_sexp(const SyntaxTree& tree);

/// One JSON object, without the end of its line: "escape", "file" (NAME), "instructions" (each with "cmd",
/// "args", "flags", "json", "heredocs", "start", "end", "sub"), and how many ARGs before the first FROM
/// ("meta_args") and "stages" there are.
std::string print_json(const SyntaxTree& tree, std::string_view name);

}  // namespace husk::dockerfile
