#include "libcore/base/ascii.hpp"
#include "libcore/dockerfile/heredoc.hpp"
#include "libcore/dockerfile/runes.hpp"
#include "libcore/dockerfile/syntax.hpp"
#include "libcore/dockerfile/words.hpp"
#include "tests/unit/cases.hpp"

#include <gtest/gtest.h>

using namespace husk::dockerfile;
using nlohmann::json;

namespace {

std::string syntax_error(const std::string& text) {
  try {
    (void)parse_syntax(text);
  } catch (const SyntaxError& error) {
    return husk::cat(error.at().line, ":", error.at().column, ": ", error.what());
  }
  return "";
}

json heredocs_of(const Node& node) {
  json out = json::array();
  for (const Heredoc& heredoc : node.heredocs) {
    json each = {{"Name", heredoc.name}, {"Content", heredoc.content}, {"Expand", heredoc.expand}};
    if (heredoc.chomp) each["Chomp"] = true;
    if (heredoc.fd != 0) each["FileDescriptor"] = heredoc.fd;
    out.push_back(each);
  }
  return out;
}

json describe(const Node& node, bool lines) {
  json out = {{"cmd", husk::to_upper(node.keyword)}, {"args", json::array()}};
  out["start"] = lines ? node.first_line : 0;
  out["end"] = lines ? node.last_line : 0;
  for (const Word& word : node.arguments) out["args"].push_back(word.text);
  for (const Word& flag : node.flags) out["flags"].push_back(flag.text);
  if (node.json) out["json"] = true;
  for (const Node& sub : node.sub) out["sub"] = describe(sub, false);
  return out;
}

}  // namespace

TEST(Parser, KnowsWhereEveryWordStands) {
  const SyntaxTree tree =
      parse_syntax("# escape=`\n\n  COPY --chown=1:2 `\n   a.txt `\n  # why\n /dst/\nRUN [ \"ls\",\n");
  ASSERT_EQ(tree.instructions.size(), 2U);
  const Node& copy = tree.instructions[0];
  EXPECT_EQ(copy.at, (Position{3, 3}));
  ASSERT_EQ(copy.flags.size(), 1U);
  EXPECT_EQ(copy.flags[0].at, (Position{3, 8}));
  ASSERT_EQ(copy.arguments.size(), 2U);
  EXPECT_EQ(copy.arguments[0].at, (Position{4, 4}));
  EXPECT_EQ(copy.arguments[1].at, (Position{6, 2}));
  EXPECT_EQ(copy.first_line, 3);
  EXPECT_EQ(copy.last_line, 6);
  EXPECT_FALSE(tree.instructions[1].json);
}

TEST(Parser, PositionsOfJsonStringsAndPairs) {
  const SyntaxTree tree = parse_syntax("CMD [\"a\\\"b\", \"ü\", \"c\"]\nENV a=1 \\\n  b=\"x y\"\n");
  ASSERT_EQ(tree.instructions[0].arguments.size(), 3U);
  EXPECT_EQ(tree.instructions[0].arguments[0].text, "a\"b");
  EXPECT_EQ(tree.instructions[0].arguments[2].at, (Position{1, 19}));
  ASSERT_EQ(tree.instructions[1].arguments.size(), 6U);
  EXPECT_EQ(tree.instructions[1].arguments[3].at, (Position{3, 3}));
  EXPECT_EQ(tree.instructions[1].arguments[4].text, "\"x y\"");
}

TEST(Parser, ByteOrderMarkAndCarriageReturns) {
  const SyntaxTree tree = parse_syntax(
      "\xef\xbb\xbf"
      "FROM scratch\r\nRUN a \\\r\n  b\r\n");
  ASSERT_EQ(tree.instructions.size(), 2U);
  EXPECT_EQ(tree.instructions[0].arguments[0].text, "scratch");
  EXPECT_EQ(tree.instructions[1].arguments[0].text, "a   b");
}

TEST(Parser, Directives) {
  EXPECT_EQ(parse_syntax("# SYNTAX = docker/dockerfile:1\n#check=skip=all\nFROM a").syntax,
            "docker/dockerfile:1");
  EXPECT_EQ(parse_syntax("# escape=`\n# hello\nFROM a").escape, '`');
  EXPECT_EQ(parse_syntax("# hello\n# escape=`\nFROM a").escape, '\\');
  EXPECT_EQ(parse_syntax("\n# escape=`\nFROM a").escape, '\\');
  EXPECT_EQ(syntax_error("# escape=`\n# escape=`\nFROM a"),
            "2:1: only one escape parser directive can be used");
  EXPECT_EQ(parse_syntax("#check=skip=all // why\nFROM a").check.text, "skip=all");
  EXPECT_EQ(parse_syntax("#!/usr/bin/env x\n# check=skip=all\n# escape=`\nFROM a").check.text, "skip=all");
  EXPECT_EQ(parse_syntax("#!/usr/bin/env x\n# check=skip=all\n# escape=`\nFROM a").escape, '\\');
  EXPECT_EQ(syntax_error("# escape=x\nFROM a"), "1:1: invalid escape token 'x' does not match ` or \\");
}

TEST(Parser, Errors) {
  EXPECT_EQ(syntax_error(""), "1:1: file with no instructions");
  EXPECT_EQ(syntax_error("FROM a\nENV PATH"), "2:5: ENV must have two arguments");
  EXPECT_EQ(syntax_error("FROM a\nENV a=b \\\n  c"),
            "3:3: Syntax error - can't find = in 'c'. Must be of the form: name=value");
  EXPECT_EQ(syntax_error("CMD [1]"),
            "1:5: when using JSON array syntax, arrays must be comprised of strings only");
  EXPECT_EQ(syntax_error("FROM a\nRUN cat <<EOF\nhello"), "2:9: unterminated heredoc 'EOF'");
  EXPECT_EQ(syntax_error(std::string("FROM a\nRUN \0", 12)), "2:5: a NUL byte: this is not a text file");
}

TEST(Parser, CommentsBelongToTheNextInstruction) {
  const SyntaxTree tree = parse_syntax(
      "# syntax=x\n# one\n #two\nFROM a\n# three\n\nRUN b\n# four\n#\n# five\nRUN c \\\n# six\nd\nRUN e");
  using Comments = std::vector<std::string>;
  EXPECT_EQ(tree.instructions[0].comments, (Comments{"one", "two"}));
  EXPECT_EQ(tree.instructions[1].comments, Comments{});
  EXPECT_EQ(tree.instructions[2].comments, Comments{"five"});
  EXPECT_EQ(tree.instructions[3].comments, Comments{});
}

TEST(Parser, BytesThatAreNotUtf8) {
  const SyntaxTree tree = parse_syntax("\u00a0RUN [\"a\xff\", \"b\"]\nUSER \xa0\x85x\n");
  EXPECT_TRUE(tree.instructions[0].json);
  EXPECT_EQ(tree.instructions[0].arguments[0].text, "a\ufffd");
  EXPECT_EQ(tree.instructions[0].arguments[1].at, (Position{1, 14}));
  EXPECT_EQ(tree.instructions[1].arguments[0].text, "\xa0\x85x");
  EXPECT_EQ(print_sexp(tree), "(run \"a\ufffd\" \"b\")\n(user \"\\xa0\\x85x\")\n");
}

TEST(Parser, EmptyContinuationLines) {
  EXPECT_EQ(parse_syntax("FROM a\nRUN b \\\n\n\nc\nRUN d \\\ne\n").empty_continuations, std::vector<int>{5});
}

TEST(Parser, Limits) {
  EXPECT_EQ(syntax_error("RUN " + std::string(1 << 20, 'x')),
            "1:1: the instruction is longer than 1048576 bytes");
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "ONBUILD ";
  EXPECT_EQ(parse_syntax(deep).instructions[0].sub[0].keyword, "onbuild");
  const std::string brackets(500'000, '[');
  EXPECT_FALSE(parse_syntax("RUN " + brackets).instructions[0].json);
}

TEST(Parser, Explains) {
  const Source source("Dockerfile", "FROM a\n\tRUN x\n");
  EXPECT_EQ(source.explain({2, 6}, "why"), "Dockerfile:2:6: why\n 2 |  RUN x\n   |      ^");
}

TEST(ParserCases, Positive) {
  if (cases::missing()) GTEST_SKIP() << "no ../shared/cases";
  for (const auto& entry :
       std::filesystem::directory_iterator(cases::directory() / "buildkit/parser/positive")) {
    SCOPED_TRACE(entry.path().filename());
    EXPECT_EQ(print_sexp(parse_syntax(cases::read(entry.path() / "Dockerfile"))),
              cases::read(entry.path() / "result"));
  }
}

TEST(ParserCases, Negative) {
  if (cases::missing()) GTEST_SKIP() << "no ../shared/cases";
  for (const auto& entry :
       std::filesystem::directory_iterator(cases::directory() / "buildkit/parser/negative")) {
    SCOPED_TRACE(entry.path().filename());
    EXPECT_NE(syntax_error(cases::read(entry.path() / "Dockerfile")), "");
  }
}

TEST(ParserCases, Lines) {
  if (cases::missing()) GTEST_SKIP() << "no ../shared/cases";
  const auto directory = cases::directory() / "buildkit/parser/line";
  json found = json::array();
  for (const Node& node : parse_syntax(cases::read(directory / "Dockerfile")).instructions) {
    found.push_back({node.first_line, node.last_line});
  }
  EXPECT_EQ(found, json::parse(cases::read(directory / "expected.json")));
}

TEST(ParserCases, RealDockerfiles) {
  if (cases::missing()) GTEST_SKIP() << "no ../shared/cases";
  for (const json& gold : cases::lines("oracle/gold.jsonl")) {
    const std::string name = gold["file"];
    SCOPED_TRACE(name);
    const SyntaxTree tree = parse_syntax(cases::read(cases::directory() / "dockerfile-gold" / name));
    ASSERT_EQ(tree.instructions.size(), gold["instructions"].size());
    for (std::size_t i = 0; i < tree.instructions.size(); ++i) {
      EXPECT_EQ(describe(tree.instructions[i], true), gold["instructions"][i]);
    }
  }
}

TEST(ParserCases, Heredocs) {
  if (cases::missing()) GTEST_SKIP() << "no ../shared/cases";
  const SyntaxTree tree =
      parse_syntax(cases::read(cases::directory() / "buildkit/tables/heredoc_extract.Dockerfile"));
  for (const json& each : cases::lines("buildkit/tables/heredoc_extract.jsonl")) {
    const json expected =
        each["heredocs"].is_null() ? json::array() : each["heredocs"];  // FROM is not counted
    EXPECT_EQ(heredocs_of(tree.instructions.at(each["instruction"].get<std::size_t>() + 1)), expected)
        << each;
  }
  for (const json& each : cases::lines("buildkit/tables/heredoc_line.jsonl")) {
    json names = json::array();
    for (const Heredoc& heredoc : heredocs_in(each["line"].get<std::string>())) names.push_back(heredoc.name);
    EXPECT_EQ(names, each["heredocNames"].is_null() ? json::array() : each["heredocNames"]) << each;
  }
  for (const json& each : cases::lines("buildkit/tables/heredoc_words.jsonl")) {
    bool found = false, failed = false;
    try {
      found = parse_heredoc(each["input"].get<std::string>()).has_value();
    } catch (const husk::Error&) {
      failed = true;
    }
    EXPECT_EQ(found, each["heredoc"].get<bool>()) << each;
    EXPECT_EQ(failed, each.value("error", false)) << each;
  }
}

TEST(ParserCases, JsonAndWords) {
  if (cases::missing()) GTEST_SKIP() << "no ../shared/cases";
  for (const json& each : cases::lines("buildkit/tables/json_valid.jsonl")) {
    json found = json::array();
    const auto words = parse_json_form(each["input"].get<std::string>());
    ASSERT_TRUE(words.has_value()) << each;
    for (const Piece& piece : *words) found.push_back(piece.text);
    EXPECT_EQ(found, each["expected"]);
  }
  for (const json& each : cases::lines("buildkit/tables/json_invalid.jsonl")) {
    EXPECT_THROW((void)parse_json_form(each["input"].get<std::string>()), husk::Error) << each;
  }
  for (const json& each : cases::lines("buildkit/tables/parse_words.jsonl")) {
    json found = json::array();
    for (const Piece& piece : split_words(each["input"][0].get<std::string>(), '\\'))
      found.push_back(piece.text);
    EXPECT_EQ(found, each["expect"]);
  }
}
