#include "libcore/dockerfile/ignore_file.hpp"

#include "libcore/base/error.hpp"
#include "tests/unit/cases.hpp"

#include <gtest/gtest.h>

#include <chrono>

using namespace husk::dockerfile;
using nlohmann::json;

TEST(IgnoreFile, LastMatchWins) {
  const IgnoreMatcher matcher(
      parse_ignore_file("# comment\nnode_modules\n*.md\n!README.md\ndocs/**\n!docs/keep\n/abs\n"));
  EXPECT_TRUE(matcher.matches("node_modules"));
  EXPECT_TRUE(matcher.matches("node_modules/a/b"));
  EXPECT_FALSE(matcher.matches("sub/node_modules"));  // rooted at the context
  EXPECT_TRUE(matcher.matches("x.md"));
  EXPECT_FALSE(matcher.matches("README.md"));
  EXPECT_FALSE(matcher.matches("sub/x.md"));
  EXPECT_TRUE(matcher.matches("docs/a/b"));
  EXPECT_FALSE(matcher.matches("docs/keep/b"));
  EXPECT_TRUE(matcher.matches("abs"));
  EXPECT_TRUE(matcher.may_readmit_below("docs"));
  EXPECT_FALSE(matcher.may_readmit_below("node_modules"));
}

TEST(IgnoreFile, VerdictsOfTheParentGiveTheSame) {
  const IgnoreMatcher matcher({"a", "!a/b", "**/c", "!x/c/d*"});
  for (const std::string path : {"a/x", "a/b", "a/b/c", "x/c/e", "x/c/d1"}) {
    IgnoreMatcher::Verdicts parent, own;
    bool left_out = false;
    for (std::size_t end = 0; end != std::string::npos;) {
      end = path.find('/', end == 0 ? 0 : end + 1);
      left_out = matcher.matches(std::string_view(path).substr(0, end), parent, own);
      parent = own;
    }
    EXPECT_EQ(left_out, matcher.matches(path)) << path;
  }
}

TEST(IgnoreFile, Errors) {
  EXPECT_THROW(IgnoreMatcher({"!"}), husk::Error);
  EXPECT_THROW(IgnoreMatcher({"a["}), husk::Error);
  EXPECT_THROW(IgnoreMatcher({"[]a]"}), husk::Error);
}

TEST(PathPattern, HostilePatternsTakeLinearTime) {
  std::string pattern;
  for (int i = 0; i < 5'000; ++i) pattern += "*a";
  const PathPattern compiled(pattern + "b", Dialect::ignore);
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 2'000; ++i) EXPECT_FALSE(compiled.matches("some/path/aaaaaaaaaaaa/name"));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
}

TEST(PathPattern, Glob) {
  const auto matches = [](std::string_view pattern, std::string_view path) {
    return PathPattern(pattern, Dialect::glob).matches(path);
  };
  EXPECT_TRUE(matches("package*.json", "package-lock.json"));
  EXPECT_FALSE(matches("*.json", "a/b.json"));
  EXPECT_FALSE(matches("**", "a/b"));
  EXPECT_TRUE(matches("a[^x-z]\\*", "ab*"));
  EXPECT_TRUE(matches("?", "ü"));
}

TEST(IgnoreCases, Read) {
  if (cases::missing()) GTEST_SKIP() << "no ../shared/cases";
  for (const json& each : cases::lines("patternmatcher/ignorefile.jsonl")) {
    EXPECT_EQ(json(parse_ignore_file(each["input"].get<std::string>())), each["expected"]);
  }
}

TEST(IgnoreCases, Compile) {
  if (cases::missing()) GTEST_SKIP() << "no ../shared/cases";
  const std::map<std::string, PathPattern::Kind> kinds = {{"exactMatch", PathPattern::Kind::exact},
                                                          {"prefixMatch", PathPattern::Kind::prefix},
                                                          {"suffixMatch", PathPattern::Kind::suffix},
                                                          {"regexpMatch", PathPattern::Kind::general}};
  for (const json& each : cases::lines("patternmatcher/compile.jsonl")) {
    EXPECT_EQ(PathPattern(each["pattern"].get<std::string>(), Dialect::ignore).kind(),
              kinds.at(each["matchType"]["$expr"]))
        << each;
  }
}

TEST(IgnoreCases, Match) {
  if (cases::missing()) GTEST_SKIP() << "no ../shared/cases";
  for (const json& each : cases::lines("patternmatcher/match.jsonl")) {
    bool match = false, failed = false;
    try {
      match = IgnoreMatcher(each["patterns"].get<std::vector<std::string>>())
                  .matches(each["text"].get<std::string>());
    } catch (const husk::Error&) {
      failed = true;
    }
    EXPECT_EQ(failed, each["error"].get<bool>()) << each;
    if (!failed) {
      EXPECT_EQ(match, each["match"].get<bool>()) << each;
    }
  }
}
