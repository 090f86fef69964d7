#include "libcore/dockerfile/heredoc.hpp"
#include "libcore/dockerfile/lexer.hpp"
#include "libcore/dockerfile/limits.hpp"
#include "libcore/dockerfile/runes.hpp"
#include "libcore/dockerfile/syntax.hpp"
#include "libcore/dockerfile/words.hpp"

#include <array>
#include <set>

// The grammar of BuildKit's frontend/dockerfile/parser, with positions.

namespace husk::dockerfile {
namespace {

enum class Shape : std::uint8_t {
  blanks,
  words,
  pairs,
  text,
  json_or_text,
  json_or_blanks,
  health,
  sub,
  unknown
};

struct Grammar {
  std::string_view keyword;
  Shape shape;
};

constexpr std::array grammar = {
    Grammar{"add", Shape::json_or_blanks},      Grammar{"arg", Shape::words},
    Grammar{"cmd", Shape::json_or_text},        Grammar{"copy", Shape::json_or_blanks},
    Grammar{"entrypoint", Shape::json_or_text}, Grammar{"env", Shape::pairs},
    Grammar{"expose", Shape::blanks},           Grammar{"from", Shape::blanks},
    Grammar{"healthcheck", Shape::health},      Grammar{"label", Shape::pairs},
    Grammar{"maintainer", Shape::text},         Grammar{"onbuild", Shape::sub},
    Grammar{"run", Shape::json_or_text},        Grammar{"shell", Shape::json_or_text},
    Grammar{"stopsignal", Shape::text},         Grammar{"user", Shape::text},
    Grammar{"volume", Shape::json_or_blanks},   Grammar{"workdir", Shape::text},
};

Shape shape_of(std::string_view keyword) {
  for (const Grammar& each : grammar) {
    if (each.keyword == keyword) return each.shape;
  }
  return Shape::unknown;
}

// A part of a logical line; knows where it begins there.
struct Slice {
  std::string_view text;
  std::size_t offset;

  Slice from(std::size_t begin) const { return {text.substr(begin), offset + begin}; }
  Slice trimmed() const {
    std::size_t begin = offset;
    const std::string_view inner = trim(text, begin);
    return {inner, begin};
  }
};

class LineParser {
 public:
  LineParser(const LogicalLine& line, char escape) : line_(line), escape_(escape) {}

  Node parse(Slice slice) const {
    slice = slice.trimmed();
    Node node;
    node.at = line_.position(slice.offset);
    node.original = slice.text;
    const auto [keyword, rest] = split_first(slice.text);
    node.keyword = to_lower(keyword.text);
    if (rest) {
      Slice arguments = slice.from(rest->offset);
      const Flags flags = split_flags(arguments.text);
      node.flags = words(arguments, flags.flags);
      parse_arguments(node, arguments.from(flags.rest).trimmed());
    } else {
      parse_arguments(node, slice.from(slice.text.size()));
    }
    return node;
  }

 private:
  Word word(Slice slice, const Piece& piece) const {
    return {piece.text, line_.position(slice.offset + piece.offset)};
  }
  std::vector<Word> words(Slice slice, const std::vector<Piece>& pieces) const {
    std::vector<Word> out;
    out.reserve(pieces.size());
    for (const Piece& piece : pieces) out.push_back(word(slice, piece));
    return out;
  }
  Word whole(Slice slice) const { return {std::string(slice.text), line_.position(slice.offset)}; }

  // The strings of a JSON array are the arguments then.
  bool parse_json(Node& node, Slice slice) const try {
    const auto strings = parse_json_form(slice.text);
    if (!strings) return false;
    for (const Piece& piece : *strings) node.arguments.push_back(word(slice, piece));
    node.json = true;
    return true;
  } catch (const Error& error) {
    throw SyntaxError(line_.position(slice.offset), error.what());
  }

  void parse_arguments(Node& node, Slice slice) const {
    switch (shape_of(node.keyword)) {
      case Shape::blanks: node.arguments = words(slice, split_blanks(slice.text)); break;
      case Shape::words: node.arguments = words(slice, split_words(slice.text, escape_)); break;
      case Shape::pairs: parse_pairs(node, slice); break;
      case Shape::text:
        if (!slice.text.empty()) node.arguments.push_back(whole(slice));
        break;
      case Shape::json_or_text:
        if (!slice.text.empty() && !parse_json(node, slice)) node.arguments.push_back(whole(slice));
        break;
      case Shape::json_or_blanks:
        if (!parse_json(node, slice)) node.arguments = words(slice, split_blanks(slice.text));
        break;
      case Shape::health: parse_health(node, slice); break;
      case Shape::sub:
        if (!slice.text.empty()) node.sub.push_back(parse_sub(slice));
        break;
      case Shape::unknown: break;
    }
  }

  Node parse_sub(Slice slice) const {
    // ONBUILD in ONBUILD is refused later; here it must not be a way to exhaust the stack.
    const auto [keyword, rest] = split_first(slice.text);
    if (to_lower(keyword.text) != "onbuild") return parse(slice);
    Node node;
    node.keyword = "onbuild";
    node.at = line_.position(slice.offset);
    node.original = slice.text;
    return node;
  }

  void parse_pairs(Node& node, Slice slice) const {
    const auto pieces = split_words(slice.text, escape_);
    if (pieces.empty()) return;
    if (pieces[0].text.find('=') == std::string::npos) {  // the old form: NAME the rest
      const auto [name, value] = split_first(slice.text);
      if (!value)
        throw SyntaxError(line_.position(slice.offset),
                          cat(to_upper(node.keyword), " must have two arguments"));
      node.arguments = {word(slice, name), word(slice, *value), Word{"", word(slice, *value).at}};
      return;
    }
    for (const Piece& piece : pieces) {
      const auto equals = piece.text.find('=');
      if (equals == std::string::npos) {
        throw SyntaxError(
            line_.position(slice.offset + piece.offset),
            cat("Syntax error - can't find = in ", quote(piece.text), ". Must be of the form: name=value"));
      }
      node.arguments.push_back(word(slice, {piece.text.substr(0, equals), piece.offset}));
      node.arguments.push_back(word(slice, {piece.text.substr(equals + 1), piece.offset + equals + 1}));
      node.arguments.push_back(word(slice, {"=", piece.offset + equals}));
    }
  }

  void parse_health(Node& node, Slice slice) const {
    const auto [type, rest] = split_first(slice.text);
    if (type.text.empty()) return;
    node.arguments.push_back(word(slice, type));
    if (!rest || rest->text.empty()) return;
    const Slice command = slice.from(rest->offset);
    if (!parse_json(node, command)) node.arguments.push_back(whole(command));
  }

  const LogicalLine& line_;
  char escape_;
};

bool takes_heredocs(const Node& node) {
  const Node& inner = node.keyword == "onbuild" && !node.sub.empty() ? node.sub.front() : node;
  return !inner.json && (inner.keyword == "run" || inner.keyword == "copy" || inner.keyword == "add");
}

bool is_comment(std::string_view line) { return trim_left(line).starts_with('#'); }

class FileParser {
 public:
  explicit FileParser(const std::string& text) : reader_(text) {}

  SyntaxTree parse(bool with_directives) {
    directives_done_ = !with_directives;
    while (const auto line = reader_.next()) parse_from(*line);
    if (tree_.instructions.empty())
      throw SyntaxError({std::max(reader_.number(), 1), 1}, "file with no instructions");
    return std::move(tree_);
  }
  void set_escape(char escape) { tree_.escape = escape; }

 private:
  void parse_from(const PhysicalLine& first) {
    const std::string_view start = trim_left(first.content);
    const int indent = 1 + static_cast<int>(first.content.size() - start.size());
    read_directive(start, first.number);
    if (start.starts_with('#')) return note_comment(start.substr(1));
    if (start.empty()) return;

    LogicalLine line;
    const auto continued = strip_continuation(start, tree_.escape);
    line.append(continued.value_or(start), first.number, indent);
    if (continued) join_continuations(line);

    if (tree_.instructions.size() == max_instructions) {
      throw SyntaxError({first.number, indent}, cat("more than ", max_instructions, " instructions"));
    }
    Node node = LineParser(line, tree_.escape).parse({line.text(), 0});
    node.first_line = first.number;
    if (takes_heredocs(node) && line.text().find("<<") != std::string::npos) read_heredocs(node, line);
    node.last_line = reader_.number();
    node.comments = std::move(comments_);
    comments_.clear();
    for (Node& sub : node.sub) {
      sub.first_line = node.first_line;
      sub.last_line = node.last_line;
    }
    tree_.instructions.push_back(std::move(node));
  }

  void join_continuations(LogicalLine& line) {
    bool warned = false;
    while (const auto more = reader_.next()) {
      if (is_comment(more->content)) continue;
      if (trim_left(more->content).empty()) {
        if (!warned) tree_.warnings.push_back({{more->number, 1}, "Empty continuation line"});
        warned = true;
        continue;
      }
      const auto continued = strip_continuation(more->content, tree_.escape);
      line.append(continued.value_or(more->content), more->number, 1);
      if (!continued) return;
    }
  }

  void note_comment(std::string_view comment) {
    comment = trim(comment);
    if (comment.empty()) {
      comments_.clear();
    } else {
      comments_.emplace_back(comment);
    }
  }

  void read_directive(std::string_view line, int number) {
    if (directives_done_) return;
    const auto directive = parse_directive(line);
    if (!directive) {
      directives_done_ = true;
      return;
    }
    if (!seen_.insert(directive->name).second) {
      throw SyntaxError({number, 1}, cat("only one ", directive->name, " parser directive can be used"));
    }
    if (directive->name == "syntax") tree_.syntax = directive->value;
    if (directive->name == "check") tree_.check = directive->value;
    if (directive->name == "escape") {
      if (directive->value != "\\" && directive->value != "`") {
        throw SyntaxError({number, 1},
                          cat("invalid escape token ", quote(directive->value), " does not match ` or \\"));
      }
      tree_.escape = directive->value[0];
    }
  }

  void read_heredocs(Node& node, const LogicalLine& line) {
    std::vector<Heredoc> heredocs;
    try {
      heredocs = heredocs_in(line.text());
    } catch (const Error& error) {
      throw SyntaxError(line.position(line.text().find("<<")), error.what());
    }
    for (Heredoc& heredoc : heredocs) {
      heredoc.at = {reader_.number() + 1, 1};
      if (!read_heredoc(heredoc)) {
        throw SyntaxError(line.position(line.text().find("<<")),
                          cat("unterminated heredoc ", quote(heredoc.name)));
      }
    }
    (node.sub.empty() ? node : node.sub.front()).heredocs = heredocs;
    node.heredocs = std::move(heredocs);
  }

  // False if the file ends before the heredoc does.
  bool read_heredoc(Heredoc& heredoc) {
    while (const auto line = reader_.next()) {
      std::string_view candidate = line->content;
      if (heredoc.chomp)
        candidate.remove_prefix(std::min(candidate.find_first_not_of('\t'), candidate.size()));
      if (candidate == heredoc.name) return true;
      heredoc.content += line->whole;
      if (heredoc.content.size() > max_heredoc_size) {
        throw SyntaxError(heredoc.at, cat("the heredoc is larger than ", max_heredoc_size, " bytes"));
      }
    }
    return false;
  }

  LineReader reader_;
  SyntaxTree tree_;
  bool directives_done_ = false;
  std::set<std::string> seen_;
  std::vector<std::string> comments_;
};

}  // namespace

SyntaxTree parse_syntax(const std::string& text) { return FileParser(text).parse(true); }

Node parse_one(const std::string& text, char escape) {
  FileParser parser(text);
  parser.set_escape(escape);
  SyntaxTree tree = parser.parse(false);
  if (tree.instructions.size() != 1) throw SyntaxError(tree.instructions[1].at, "more than one instruction");
  return std::move(tree.instructions.front());
}

}  // namespace husk::dockerfile
