#include "libcore/dockerfile/expand.hpp"

#include "libcore/base/error.hpp"
#include "libcore/dockerfile/substitute.hpp"
#include "tests/unit/cases.hpp"

#include <gtest/gtest.h>

#include <optional>

using namespace husk::dockerfile;
using nlohmann::json;

namespace {

std::optional<Expansion> try_expand(const std::string& word, const Variables& variables) try {
  return expand(word, variables);
} catch (const husk::Error&) {
  return std::nullopt;
}

Variables variables_of(const json& object) {
  Variables out;
  if (object.is_object()) {
    for (const auto& [name, value] : object.items()) out[name] = value;
  } else {
    for (const std::string line : object)
      out[line.substr(0, line.find('='))] = line.substr(line.find('=') + 1);
  }
  return out;
}

std::set<std::string> names_of(const json& object) {
  std::set<std::string> out;
  if (object.is_object()) {
    for (const auto& [name, ignored] : object.items()) out.insert(name);
  }
  return out;
}

}  // namespace

TEST(Expand, Substitutes) {
  const Variables variables = {{"a", "one"}, {"empty", ""}, {"path", "/usr/lib/x.tar.gz"}};
  const auto text = [&](std::string_view word) { return expand(word, variables).text; };
  EXPECT_EQ(text("$a-${a}-'$a'-\"$a\"-\\$a"), "one-one-$a-one-$a");
  EXPECT_EQ(text("${b:-x${a}}${empty:-y}${empty-z}${a:+set}"), "xoneyset");
  EXPECT_EQ(text("${path##*/} ${path#*/} ${path%.*} ${path%%.*}"),
            "x.tar.gz usr/lib/x.tar.gz /usr/lib/x.tar /usr/lib/x");
  EXPECT_EQ(text("${path/\\//_} ${path//\\//_}"), "_usr/lib/x.tar.gz _usr_lib_x.tar.gz");
}

// Every form, with the variable set, empty and not set.
TEST(Expand, Forms) {
  struct Row {
    const char* form;
    const char* set;    // v=a/b/b.c
    const char* empty;  // v=
    const char* unset;
  };
  constexpr const char* error = "!";
  const auto text = [](const char* form, const Variables& variables) -> std::string {
    try {
      return expand(form, variables).text;
    } catch (const husk::Error&) {
      return "!";
    }
  };
  for (const Row& row : {
           Row{"$v", "a/b/b.c", "", ""},
           Row{"${v}", "a/b/b.c", "", ""},
           Row{"${v:-w}", "a/b/b.c", "w", "w"},
           Row{"${v-w}", "a/b/b.c", "", "w"},
           Row{"${v:+w}", "w", "", ""},
           Row{"${v+w}", "w", "w", ""},
           Row{"${v:?m}", "a/b/b.c", error, error},
           Row{"${v?m}", "a/b/b.c", "", error},
           Row{"${v#*/}", "b/b.c", "", ""},
           Row{"${v##*/}", "b.c", "", ""},
           Row{"${v%/*}", "a/b", "", ""},
           Row{"${v%%/*}", "a", "", ""},
           Row{"${v/b/x}", "a/x/b.c", "", ""},
           Row{"${v//b/x}", "a/x/x.c", "", ""},
           Row{"${v/?.c/x}", "a/b/x", "", ""},
           Row{"${v//\\//-}", "a-b-b.c", "", ""},
           Row{"${v%.\\*}", "a/b/b.c", "", ""},
           Row{"${u:-${v:-${w:-z}}}", "a/b/b.c", "z", "z"},
           Row{"${u:-\"a  b\"}", "a  b", "a  b", "a  b"},
           Row{"x${v}y$v", "xa/b/b.cya/b/b.c", "xy", "xy"},
           Row{"\\$v '$v' \"$v\"", "$v $v a/b/b.c", "$v $v ", "$v $v "},
           Row{"$v_", "", "", ""},
           Row{"${v", error, error, error},
           Row{"${v:x}", error, error, error},
           Row{"$", "$", "$", "$"},
       }) {
    EXPECT_EQ(text(row.form, {{"v", "a/b/b.c"}}), row.set) << row.form;
    EXPECT_EQ(text(row.form, {{"v", ""}}), row.empty) << row.form;
    EXPECT_EQ(text(row.form, {}), row.unset) << row.form;
  }
}

TEST(Expand, NamesEndWhereLettersEnd) {
  const Variables variables = {{"a", "1"}, {"stra\u00dfe", "2"}, {"\ud55c\uad6d\uc5b4", "3"}};
  EXPECT_EQ(expand("$a\u2026 $a\uff0c $a\U0001f600 $a\u00bb $a\u00a0$a\xff", variables).text,
            "1\u2026 1\uff0c 1\U0001f600 1\u00bb 1\u00a0"
            "1\xff");
  EXPECT_EQ(expand("$stra\u00dfe $\ud55c\uad6d\uc5b4", variables).text, "2 3");
}

TEST(Expand, Bounds) {
  const auto nested = [](int depth) {
    std::string word;
    for (int i = 0; i < depth; ++i) word += "${a:-";
    return word + std::string(static_cast<std::size_t>(depth), '}');
  };
  EXPECT_EQ(expand(nested(63), {}).text, "");
  EXPECT_THROW((void)expand(nested(64), {}), husk::Error);
  const Variables large = {{"x", std::string(1000, 'x')}};
  std::string word;
  for (int i = 0; i < 2000; ++i) word += "$x";
  EXPECT_THROW((void)expand(word, large), husk::Error);
}

TEST(Expand, NamesWhatIsWrong) {
  const auto reason = [](std::string_view word) -> std::string {
    try {
      (void)expand(word, {});
    } catch (const husk::Error& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(reason("${x"), "syntax error: missing '}'");
  EXPECT_EQ(reason("${}"), "syntax error: bad substitution");
  EXPECT_EQ(reason("${x:?}"), "x: is not allowed to be unset");
  EXPECT_EQ(reason("${x:?tell \\} me}"), "x: tell } me");
  EXPECT_EQ(reason("${x^}"), "unsupported modifier (^) in substitution");
  EXPECT_EQ(reason("'x"), "unexpected end of statement while looking for matching single-quote");
  std::string deep;
  for (int i = 0; i < 10'000; ++i) deep += "${a:-";
  EXPECT_EQ(reason(deep), "variables nest deeper than 64 levels");
}

TEST(Substitute, IsFastOnHostilePatterns) {
  std::string pattern, value(200'000, 'a');
  for (int i = 0; i < 500; ++i) pattern += "*a";
  EXPECT_EQ(remove_prefix(value, pattern + "b", Match::longest), value);
  EXPECT_EQ(replace(value, pattern + "b", "", Which::all), value);
  EXPECT_EQ(remove_suffix(value, "b" + pattern, Match::shortest), value);
}

TEST(ExpandCases, Words) {
  if (cases::missing()) GTEST_SKIP() << "no ../shared/cases";
  for (const json& each : cases::lines("buildkit/shell/envvar.jsonl")) {
    const auto found = try_expand(each["input"], variables_of(each["env"]));
    EXPECT_EQ(!found, each["error"].get<bool>()) << each;
    if (found && each["expected"].is_string()) {
      EXPECT_EQ(found->text, each["expected"].get<std::string>()) << each;
    }
  }
  for (const json& each : cases::lines("buildkit/shell/words.jsonl")) {
    const auto found = try_expand(each["input"], variables_of(each["env"]));
    EXPECT_EQ(!found, each["error"].get<bool>()) << each;
    if (found && each["expected"].is_array()) {
      EXPECT_EQ(json(found->words), each["expected"]) << each;
    }
  }
  for (const json& each : cases::lines("buildkit/shell/process_with_matches.jsonl")) {
    const auto found = try_expand(each["input"], variables_of(each["envs"]));
    EXPECT_EQ(!found, each.value("expectedErr", false)) << each;
    if (!found) continue;
    EXPECT_EQ(found->text, each["expected"].get<std::string>()) << each;
    EXPECT_EQ(found->matched, names_of(each.value("matches", json()))) << each;
    EXPECT_EQ(found->unmatched, names_of(each.value("unmatched", json()))) << each;
  }
}
