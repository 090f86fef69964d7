#include "libcore/build/selection.hpp"

#include "libcore/base/error.hpp"
#include "libcore/build/content_digest.hpp"
#include "libcore/build/hash_files.hpp"
#include "tests/unit/build/scratch.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <unistd.h>

using namespace husk;
using namespace husk::build;
using dockerfile::IgnoreMatcher;

namespace {

using Names = std::vector<std::string>;

std::vector<std::string> names(const std::vector<Selection>& selections) {
  std::vector<std::string> out;
  for (const Selection& selection : selections) {
    for (const SourceEntry& entry : selection.entries)
      out.push_back(cat(selection.name, "|", entry.relative()));
  }
  return out;
}

class SelectionTest : public testing::Test {
 protected:
  SelectionTest() {
    scratch.write("a/one", "1");
    scratch.write("a/b/two", "2");
    scratch.write("c/one", "1");
    scratch.link("c", "to-c");
    scratch.link("/etc", "outside");
    scratch.link("../../..", "up");
  }
  Names select_names(const std::string& pattern, const SelectOptions& options = {},
                     const IgnoreMatcher* ignore = nullptr) const {
    SourceTree tree(root.get(), ignore);
    return names(select(tree, pattern, options));
  }
  std::string digest(const std::string& pattern, DigestOptions options = {}) const {
    SourceTree tree(root.get());
    auto selections = select(tree, pattern);
    hash_files(root.get(), selections, nullptr);
    return digest_of(selections, options);
  }

  Scratch scratch;
  Fd root = scratch.open();
};

}  // namespace

TEST_F(SelectionTest, DirectoriesFilesAndWildcards) {
  EXPECT_EQ(select_names("a"), (Names{"a|", "a|b", "a|b/two", "a|one"}));
  EXPECT_EQ(select_names("/a/../a/one"), Names{"one|"});
  EXPECT_EQ(select_names("?/o*"), (Names{"one|", "one|"}));
  EXPECT_EQ(select_names("to-c"), (Names{"to-c|", "to-c|one"}));  // a link that is named is followed
  EXPECT_EQ(select_names("to-c/one"), Names{"one|"});
  EXPECT_EQ(select_names("to-c/o*"), Names{"one|"});
  EXPECT_EQ(select_names("to-*"), (Names{"to-c|", "to-c|one"}));
  EXPECT_TRUE(select_names("to-?/one").empty());           // a walk follows none
  EXPECT_EQ(select_names("c/one/../one"), Names{"one|"});  // cleaned before anything is looked up, as Go does
  EXPECT_TRUE(select_names("missing").empty());
  EXPECT_TRUE(select_names("a/one/x").empty());
  EXPECT_TRUE(select_names(std::string(300, 'x')).empty());
  EXPECT_TRUE(select_names("*.x").empty());
  scratch.write("we[i]rd", "");
  EXPECT_EQ(select_names("we[[]i]rd"), Names{"we[i]rd|"});
  EXPECT_EQ(select_names("we\\[i\\]rd"), Names{"we[i]rd|"});
}

TEST_F(SelectionTest, NeverLeavesTheTree) {
  EXPECT_TRUE(select_names("outside").empty());
  EXPECT_TRUE(select_names("outside/passwd").empty());
  EXPECT_TRUE(select_names("/etc/passwd").empty());
  EXPECT_EQ(select_names("../../a/one"), Names{"one|"});
  EXPECT_EQ(select_names("up/a/one"), Names{"one|"});  // ".." stops at the top, as in "/"
  scratch.link("round", "and-round");
  scratch.link("and-round", "round");
  EXPECT_THROW(select_names("round"), Error);
}

TEST_F(SelectionTest, IgnoredAndExcluded) {
  const IgnoreMatcher ignore({"a", "!a/b", "c"});
  EXPECT_EQ(select_names("a", {}, &ignore), (Names{"a|", "a|b", "a|b/two"}));
  EXPECT_TRUE(select_names("c", {}, &ignore).empty());
  EXPECT_TRUE(select_names("c/one", {}, &ignore).empty());
  EXPECT_TRUE(select_names("to-c", {}, &ignore).empty());  // what it leads to counts
  const IgnoreMatcher exclude({"**/two"});
  EXPECT_EQ(select_names("a", {.exclude = &exclude}), (Names{"a|", "a|b", "a|one"}));
  EXPECT_EQ(select_names("a/*", {.exclude = &exclude}), (Names{"b|", "one|"}));
}

TEST_F(SelectionTest, WhatIsLetInAgainBringsItsDirectories) {
  scratch.write("deep/er/still/file", "");
  scratch.write("deep/er/other", "");
  scratch.directory("deep/empty");
  const IgnoreMatcher ignore({"**", "!deep/er/still/file"});
  EXPECT_EQ(select_names(".", {}, &ignore),
            (Names{"|", "|deep", "|deep/er", "|deep/er/still", "|deep/er/still/file"}));
  EXPECT_EQ(select_names("deep/er", {}, &ignore), (Names{"er|", "er|still", "er|still/file"}));
  EXPECT_TRUE(select_names("deep/empty", {}, &ignore).empty());
  const IgnoreMatcher exclude({"*", "!**/other"});
  EXPECT_EQ(select_names("deep", {.exclude = &exclude}), (Names{"deep|", "deep|er", "deep|er/other"}));
}

TEST_F(SelectionTest, ParentsAreKept) {
  const SelectOptions parents = {.exclude = nullptr, .parents = SelectOptions::Parents::keep};
  scratch.write("x/y/a.txt", "");
  scratch.write("x/y/b.md", "");
  scratch.write("x/z/a.txt", "");
  scratch.directory("x/empty");
  const struct {
    const char* pattern;
    Names selected;  // without the top
  } cases[] = {
      {"x/y/a.txt", {"x", "x/y", "x/y/a.txt"}},
      {"./x/./y/a.txt", {"y", "y/a.txt"}},
      {"x/y/./*.txt", {"a.txt"}},
      {"/x/*/a.txt", {"x", "x/y", "x/y/a.txt", "x/z", "x/z/a.txt"}},
      {"x/./**/a.txt", {"y", "y/a.txt", "z", "z/a.txt"}},
      {"x/y/", {"x", "x/y", "x/y/a.txt", "x/y/b.md"}},
      {"x/em*", {"x", "x/empty"}},
      {"*/./y", {"y", "y/a.txt", "y/b.md"}},
      {"x/missing", {}},
      {"x/y/a.txt/z", {}},
      {"../../x/z", {"x", "x/z", "x/z/a.txt"}},
      {"to-c/one", {}},  // nothing leads through a link
      {"to-c/./one", {"one"}},
      {"to-c", {"to-c"}},
  };
  for (const auto& each : cases) {
    SourceTree tree(root.get());
    Names found;
    for (const Selection& selection : select(tree, each.pattern, parents)) {
      for (const SourceEntry& entry : selection.entries) {
        if (!entry.relative().empty()) found.emplace_back(entry.relative());
      }
    }
    EXPECT_EQ(found, each.selected) << each.pattern;
  }
}

TEST_F(SelectionTest, TheDigestIsOfWhatCounts) {
  const std::string before = digest("a");
  scratch.touch("a/one", 1);
  EXPECT_EQ(digest("a"), before);
  EXPECT_EQ(digest("a/one"), digest("c/one"));
  scratch.write("a/one", "2");
  EXPECT_NE(digest("a"), before);
  scratch.write("a/one", "1");
  EXPECT_EQ(digest("a"), before);
  scratch.directory("a/new");
  EXPECT_NE(digest("a"), before);
  scratch.remove("a/new");
  scratch.link("one", "a/new");
  const std::string linked = digest("a");
  scratch.remove("a/new");
  scratch.link("two", "a/new");
  EXPECT_NE(digest("a"), linked);
}

TEST_F(SelectionTest, WhichModesCount) {
  const auto with_mode = [&](mode_t mode, ModeCounts counts) {
    scratch.chmod("a/one", mode);
    return digest("a", {.modes = counts});
  };
  using enum ModeCounts;
  EXPECT_NE(with_mode(0644, all), with_mode(0664, all));
  EXPECT_EQ(with_mode(0644, executable), with_mode(0664, executable));
  EXPECT_EQ(with_mode(0644, executable), with_mode(0600, executable));
  EXPECT_EQ(with_mode(0755, executable), with_mode(0700, executable));
  EXPECT_NE(with_mode(0644, executable), with_mode(0744, executable));
  EXPECT_NE(with_mode(0755, executable), with_mode(04755, executable));
  EXPECT_EQ(with_mode(0644, none), with_mode(04755, none));
}

TEST_F(SelectionTest, NamesOfOneFileCount) {
  const auto name = [&](const char* path) { return (scratch.path() / path).string(); };
  ASSERT_EQ(::link(name("a/one").c_str(), name("a/two").c_str()), 0);
  const std::string linked = digest("a");
  scratch.remove("a/two");
  scratch.write("a/two", "1");
  EXPECT_NE(digest("a"), linked);
  ASSERT_EQ(::link(name("a/one").c_str(), name("elsewhere").c_str()), 0);
  const std::string outside = digest("a");
  scratch.remove("elsewhere");
  EXPECT_EQ(digest("a"), outside);
}

TEST_F(SelectionTest, NoticesWhatChangesWhileItIsRead) {
  SourceTree tree(root.get());
  auto selected = select(tree, "a/one");
  scratch.write("a/one", "longer");
  EXPECT_THROW(hash_files(root.get(), selected, nullptr), Error);
  scratch.remove("a/one");
  ASSERT_EQ(::mkfifoat(root.get(), "a/one", 0600), 0);
  EXPECT_THROW(hash_files(root.get(), selected, nullptr), Error);  // and does not wait for a writer
}

TEST_F(SelectionTest, ManyFilesInSeveralThreads) {
  for (int i = 0; i < 40; ++i) {
    for (int j = 0; j < 10; ++j) scratch.write(cat("many/", i, "/", j), cat(i, " ", j));
  }
  const std::string before = digest("many");
  EXPECT_EQ(digest("many"), before);
  scratch.write("many/39/9", "other");
  EXPECT_NE(digest("many"), before);
  scratch.remove("many/7/7");
  scratch.directory("many/7/7");
  scratch.chmod("many/7/7", 0);
  if (::geteuid() != 0) {
    EXPECT_THROW(digest("many"), Error);
  }
  scratch.chmod("many/7/7", 0755);
}
