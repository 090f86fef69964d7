#include "libcore/cli/template_parser.hpp"

#include "libcore/base/error.hpp"
#include "libcore/cli/template_functions.hpp"
#include "libcore/cli/template_lexer.hpp"

#include <optional>
#include <span>

namespace husk::cli {
namespace {

constexpr std::size_t max_depth = 100;  // of blocks and of parentheses: both are recursion here

[[noreturn]] void refuse(std::string message) { throw Error(std::move(message), Exit::usage); }

// One pipeline, of the tokens of an action.
class PipelineParser {
 public:
  explicit PipelineParser(std::span<const Token> tokens, std::size_t depth = 0)
      : rest_(tokens), depth_(depth) {
    if (depth > max_depth) refuse("parentheses are too deep");
  }

  // Up to the end, or to the ")" that belongs to nobody in it.
  Pipeline run() {
    Pipeline pipeline = parse_variables();
    do {
      pipeline.invocations.push_back(parse_invocation());
    } while (take_sign("|"));
    return pipeline;
  }

  std::span<const Token> rest() const { return rest_; }

 private:
  bool is_sign(std::size_t at, std::string_view sign) const {
    return at < rest_.size() && rest_[at].kind == Token::Kind::sign && rest_[at].text == sign;
  }

  bool take_sign(std::string_view sign) {
    if (!is_sign(0, sign)) return false;
    rest_ = rest_.subspan(1);
    return true;
  }

  Token take() {
    Token token = rest_.front();
    rest_ = rest_.subspan(1);
    return token;
  }

  // "$x :=", "$x =", "$i, $x :=".
  Pipeline parse_variables() {
    Pipeline pipeline;
    const std::size_t count = is_sign(1, ",") ? 2 : 1;
    const std::size_t at = count * 2 - 1;
    pipeline.declares = is_sign(at, ":=");
    if (!pipeline.declares && !is_sign(at, "=")) return pipeline;
    for (std::size_t i = 0; i < count; ++i) {
      if (rest_[i * 2].kind != Token::Kind::variable || rest_[i * 2].text == "$")
        refuse(cat(quote(rest_[i * 2].text), " is no name of a variable"));
      pipeline.variables.push_back(rest_[i * 2].text);
    }
    rest_ = rest_.subspan(at + 1);
    return pipeline;
  }

  Invocation parse_invocation() {
    Invocation words;
    while (!rest_.empty() && !is_sign(0, "|") && !is_sign(0, ")")) words.push_back(parse_operand());
    if (words.empty()) refuse("an action, or a part of one, is empty");
    const Operand::Kind first = words.front().kind;
    if (words.size() > 1 && first == Operand::Kind::literal) refuse("a literal takes no arguments");
    return words;
  }

  Operand parse_operand() {
    Operand operand = parse_first(take());
    while (!rest_.empty() && rest_.front().kind == Token::Kind::field && rest_.front().follows_directly)
      operand.fields.push_back(take().text);
    return operand;
  }

  Operand parse_first(const Token& token) {
    switch (token.kind) {
      case Token::Kind::dot: return {};
      case Token::Kind::field: return {.fields = {token.text}};
      case Token::Kind::variable: return {.kind = Operand::Kind::variable, .name = token.text};
      case Token::Kind::literal: return {.kind = Operand::Kind::literal, .literal = token.literal};
      case Token::Kind::word:
        if (!is_template_function(token.text)) {
          Error error(cat("there is no function ", quote(token.text)), Exit::usage);
          error.set_hint(cat("there are: ", list_template_functions(), "; a field begins with a dot"));
          throw error;
        }
        return {.kind = Operand::Kind::function, .name = token.text};
      case Token::Kind::sign: break;
    }
    if (token.text != "(") refuse(cat("unexpected ", quote(token.text), " in an action"));
    PipelineParser inner(rest_, depth_ + 1);
    Pipeline pipeline = inner.run();
    rest_ = inner.rest();
    if (!take_sign(")")) refuse("a \"(\" has no \")\"");
    return {.kind = Operand::Kind::pipeline, .pipeline = std::make_shared<Pipeline>(std::move(pipeline))};
  }

  std::span<const Token> rest_;
  std::size_t depth_;
};

Pipeline parse_pipeline(std::span<const Token> tokens) {
  PipelineParser parser(tokens);
  Pipeline pipeline = parser.run();
  if (!parser.rest().empty()) refuse(cat("unexpected ", quote(parser.rest().front().text), " in an action"));
  return pipeline;
}

class BlockParser {
 public:
  explicit BlockParser(std::vector<TemplatePart> parts) : parts_(std::move(parts)) {}

  std::vector<Node> run() {
    std::vector<Node> nodes = parse_nodes(0);
    if (at_ != parts_.size()) refuse(cat("there is nothing to ", quote(parts_[at_].tokens.front().text)));
    return nodes;
  }

 private:
  // Of the action that is next: a keyword that begins it.
  std::string_view keyword() const {
    const TemplatePart& part = parts_[at_];
    const bool has_word =
        part.is_action && !part.tokens.empty() && part.tokens.front().kind == Token::Kind::word;
    return has_word ? std::string_view(part.tokens.front().text) : std::string_view{};
  }

  std::span<const Token> arguments(std::size_t skipped) const {
    return std::span<const Token>(parts_[at_].tokens).subspan(skipped);
  }

  // Up to an {{else}} or {{end}}, or the end of the text.
  std::vector<Node> parse_nodes(std::size_t depth) {
    if (depth > max_depth) refuse("blocks are too deep");
    std::vector<Node> nodes;
    while (at_ < parts_.size() && keyword() != "end" && keyword() != "else")
      nodes.push_back(parse_node(depth));
    return nodes;
  }

  static std::optional<Node::Kind> block_kind(std::string_view word) {
    if (word == "if") return Node::Kind::branch;
    if (word == "with") return Node::Kind::with;
    if (word == "range") return Node::Kind::range;
    return std::nullopt;
  }

  Node parse_node(std::size_t depth) {
    const TemplatePart& part = parts_[at_];
    if (!part.is_action) return ++at_, Node{.text = part.text};
    if (const auto kind = block_kind(keyword())) return parse_block(*kind, 1, depth);
    if (keyword() == "break" || keyword() == "continue") {
      if (ranges_ == 0) refuse(cat(quote(keyword()), " outside of a range"));
      const auto kind = keyword() == "break" ? Node::Kind::leave : Node::Kind::next;
      return ++at_, Node{.kind = kind};
    }
    Node node{.kind = Node::Kind::print, .pipeline = parse_pipeline(part.tokens)};
    if (node.pipeline.variables.size() > 1) refuse("only a range gives two variables their values");
    return ++at_, node;
  }

  // From its first word on, of which SKIPPED are no arguments; takes the {{end}}, too.
  Node parse_block(Node::Kind kind, std::size_t skipped, std::size_t depth) {
    Node node{.kind = kind, .pipeline = parse_pipeline(arguments(skipped))};
    if (kind != Node::Kind::range && node.pipeline.variables.size() > 1)
      refuse("only a range gives two variables their values");
    ++at_;
    ranges_ += kind == Node::Kind::range ? 1 : 0;
    node.body = parse_nodes(depth + 1);
    ranges_ -= kind == Node::Kind::range ? 1 : 0;
    if (at_ == parts_.size()) refuse("a block has no {{end}}");
    if (keyword() == "end") return ++at_, node;
    if (const auto more = arguments(1); !more.empty()) {
      const bool is_word = more.front().kind == Token::Kind::word;
      const auto next = is_word ? block_kind(more.front().text) : std::nullopt;
      if (next != kind || kind == Node::Kind::range) refuse("an {{else}} is followed by what can't be there");
      node.otherwise.push_back(parse_block(kind, 2, depth + 1));  // has taken our {{end}}
      return node;
    }
    ++at_;
    node.otherwise = parse_nodes(depth + 1);
    if (at_ == parts_.size() || keyword() != "end") refuse("a block has no {{end}}");
    return ++at_, node;
  }

  std::vector<TemplatePart> parts_;
  std::size_t at_ = 0;
  std::size_t ranges_ = 0;
};

}  // namespace

std::vector<Node> parse_template(std::string_view text) { return BlockParser(split_template(text)).run(); }

}  // namespace husk::cli
