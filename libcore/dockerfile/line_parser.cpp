#include "libcore/dockerfile/line_parser.hpp"

#include "libcore/base/ascii.hpp"
#include "libcore/dockerfile/runes.hpp"
#include "libcore/dockerfile/words.hpp"

#include <array>

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

}  // namespace

Node parse_line(const LogicalLine& line, char escape) {
  return LineParser(line, escape).parse({line.text(), 0});
}

}  // namespace husk::dockerfile
