#include "libcore/dockerfile/heredoc.hpp"
#include "libcore/dockerfile/lexer.hpp"
#include "libcore/dockerfile/limits.hpp"
#include "libcore/dockerfile/line_parser.hpp"
#include "libcore/dockerfile/runes.hpp"
#include "libcore/dockerfile/suggest.hpp"
#include "libcore/dockerfile/syntax.hpp"

#include <algorithm>
#include <set>

namespace husk::dockerfile {
namespace {

bool is_heredoc_keyword(std::string_view keyword) {
  return keyword == "run" || keyword == "copy" || keyword == "add";
}

// A misspelled RUN has its heredocs, too: their lines are no instructions.
bool takes_heredocs(const Node& node) {
  const Node& inner = node.keyword == "onbuild" && !node.sub.empty() ? node.sub.front() : node;
  return !inner.json &&
         (is_heredoc_keyword(inner.keyword) || is_heredoc_keyword(meant_instruction(inner.keyword)));
}

bool is_comment(std::string_view line) { return trim_left(line).starts_with('#'); }

class FileParser {
 public:
  FileParser(const std::string& text, Diagnostics& diagnostics) : reader_(text), diagnostics_(diagnostics) {}

  void parse_directives() { directives_ = Directives::open; }
  void set_escape(char escape) { tree_.escape = escape; }

  SyntaxTree parse() {
    const bool whole = diagnostics_.run([&] {
      while (const auto line = diagnostics_.full() ? std::nullopt : reader_.next()) parse_from(*line);
    });
    if (whole && tree_.instructions.empty() && diagnostics_.empty()) {
      diagnostics_.add({{std::max(reader_.number(), 1), 1}, "file with no instructions"});
    }
    return std::move(tree_);
  }

 private:
  // After "#!" at the top a tool that looks for "syntax" or "check" finds them still; the parser is done.
  enum class Directives : std::uint8_t { open, after_shebang, closed };

  // A SyntaxError that leaves it is one after which nobody can tell what the rest of the file is.
  void parse_from(const PhysicalLine& first) {
    const std::string_view start = trim_left(first.content);
    const int indent = 1 + static_cast<int>(first.content.size() - start.size());
    if (directives_ != Directives::closed && read_directive(start, first.number)) return;
    if (start.starts_with('#')) return note_comment(start.substr(1));
    if (start.empty()) return comments_.clear();
    std::vector<std::string> comments = std::move(comments_);
    comments_.clear();

    LogicalLine line;
    const auto continued = strip_continuation(start, tree_.escape);
    line.append(continued.value_or(start), first.number, indent);
    if (continued) join_continuations(line);

    if (tree_.instructions.size() == max_instructions) {
      throw SyntaxError({first.number, indent}, cat("more than ", max_instructions, " instructions"));
    }
    diagnostics_.run([&] {
      Node node = parse_line(line, tree_.escape);
      node.first_line = first.number;
      if (takes_heredocs(node) && line.text().find("<<") != std::string::npos) read_heredocs(node, line);
      node.last_line = reader_.number();
      node.comments = std::move(comments);
      for (Node& sub : node.sub) {
        sub.first_line = node.first_line;
        sub.last_line = node.last_line;
      }
      tree_.instructions.push_back(std::move(node));
    });
  }

  void join_continuations(LogicalLine& line) {
    bool has_empty = false;
    while (const auto more = reader_.next()) {
      if (is_comment(more->content)) continue;
      if (trim_left(more->content).empty()) {
        has_empty = true;
        continue;
      }
      const auto continued = strip_continuation(more->content, tree_.escape);
      line.append(continued.value_or(more->content), more->number, 1);
      if (!continued) break;
    }
    if (has_empty) tree_.empty_continuations.push_back(reader_.number());
  }

  void note_comment(std::string_view comment) {
    comment = trim(comment);
    if (comment.empty()) {
      comments_.clear();
    } else {
      comments_.emplace_back(comment);
    }
  }

  // Whether LINE is a directive.
  bool read_directive(std::string_view line, int number) {
    if (number == 1 && line.starts_with("#!")) {
      directives_ = Directives::after_shebang;
      return false;
    }
    const auto directive = parse_directive(line);
    if (!directive) {
      directives_ = Directives::closed;
      return false;
    }
    const bool first = seen_.insert(directive->name).second;
    if (directives_ == Directives::after_shebang) {
      if (first) keep_directive(*directive, number);
    } else if (!first) {
      diagnostics_.add({{number, 1}, cat("only one ", directive->name, " parser directive can be used")});
    } else if (directive->name != "escape") {
      keep_directive(*directive, number);
    } else if (directive->value == "\\" || directive->value == "`") {
      tree_.escape = directive->value[0];
    } else {
      diagnostics_.add(
          {{number, 1}, cat("invalid escape token ", quote(directive->value), " does not match ` or \\")});
    }
    return true;
  }

  void keep_directive(const Directive& directive, int number) {
    const std::string word = directive.value.substr(0, directive.value.find(' '));
    if (directive.name == "syntax") tree_.syntax = word;
    if (directive.name == "check") tree_.check = {word, {number, 1}};
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
    bool fits = true;
    while (const auto line = reader_.next()) {
      std::string_view candidate = line->content;
      if (heredoc.chomp)
        candidate.remove_prefix(std::min(candidate.find_first_not_of('\t'), candidate.size()));
      if (candidate == heredoc.name) {
        if (fits) return true;
        throw SyntaxError(heredoc.at, cat("the heredoc is larger than ", max_heredoc_size, " bytes"));
      }
      fits = fits && heredoc.content.size() + line->whole.size() <= max_heredoc_size;
      if (fits) heredoc.content += line->whole;
    }
    return false;
  }

  LineReader reader_;
  Diagnostics& diagnostics_;
  SyntaxTree tree_;
  Directives directives_ = Directives::closed;
  std::set<std::string> seen_;
  std::vector<std::string> comments_;
};

}  // namespace

SyntaxTree parse_syntax(const std::string& text, Diagnostics& diagnostics) {
  FileParser parser(text, diagnostics);
  parser.parse_directives();
  return parser.parse();
}

SyntaxTree parse_syntax(const std::string& text) {
  Diagnostics diagnostics;
  SyntaxTree tree = parse_syntax(text, diagnostics);
  diagnostics.throw_first();
  return tree;
}

Node parse_one(const std::string& text, char escape) {
  Diagnostics diagnostics;
  FileParser parser(text, diagnostics);
  parser.set_escape(escape);
  SyntaxTree tree = parser.parse();
  diagnostics.throw_first();
  if (tree.instructions.size() != 1) throw SyntaxError(tree.instructions[1].at, "more than one instruction");
  return std::move(tree.instructions.front());
}

}  // namespace husk::dockerfile
