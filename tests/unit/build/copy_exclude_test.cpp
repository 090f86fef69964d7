#include "libcore/build/selection.hpp"
#include "tests/unit/build/scratch.hpp"
#include "tests/unit/cases.hpp"

#include <gtest/gtest.h>

#include <map>

using namespace husk;
using namespace husk::build;

namespace {

/// The files that the table speaks of.
void write_sources(const Scratch& scratch) {
  const std::map<std::string, std::string> files = {
      {"dir1/file-101.png", "2"}, {"dir1/file-102.txt", "3"},   {"dir1/file-103.jpeg", "4"},
      {"dir2/file-201.pdf", "6"}, {"dir2/file-202.jpeg", "7"},  {"dir2/file-203.png", "8"},
      {"dir3/file-301.mp3", "9"}, {"dir3/file-302.mpeg", "10"}, {"dir4/file-401.txt", "11"},
  };
  for (const auto& [name, content] : files) scratch.write(name, content);
  scratch.link("file-401.txt", "dir4/file-402.txt");
  scratch.link("file-404.txt", "dir4/file-403.txt");
}

/// What a COPY of SOURCE leaves in its destination: the content of files and the targets of links, by name.
std::map<std::string, std::string> copied(const Scratch& scratch, const std::string& source,
                                          const std::vector<std::string>& exclude) {
  const Fd root = scratch.open();
  SourceTree tree(root.get());
  const dockerfile::IgnoreMatcher matcher(exclude);
  std::map<std::string, std::string> out;
  for (const Selection& selection : select(tree, source, {.exclude = &matcher})) {
    for (const SourceEntry& entry : selection.entries) {
      if (entry.is_directory()) continue;
      const std::string name(selection.is_directory() ? entry.relative() : std::string_view(selection.name));
      out[name] = entry.is_link() ? entry.link_target() : cases::read(scratch.path() / entry.path);
    }
  }
  return out;
}

}  // namespace

// BuildKit's own table: what six steps with --exclude copy of these files.
TEST(CopyExclude, AsBuildKitDoes) {
  if (cases::missing()) GTEST_SKIP() << "no ../shared/cases";
  const Scratch scratch;
  write_sources(scratch);
  const std::map<std::string, std::map<std::string, std::string>> steps = {
      {"builder1/1/", copied(scratch, ".", {"*/*.png", "*/*.jpeg"})},
      {"builder2/2/", copied(scratch, ".", {"*/*.pdf", "*/*.txt"})},
      {"builder3/3/", copied(scratch, "dir3/", {"*.mp3"})},
      {"builder4/4/", copied(scratch, "dir*", {"*.mp3", "*.jpeg", "*.png", "*.pdf", "*.txt"})},
      {"builder5/5/", copied(scratch, "dir*", {"*.mp*", "*.jpeg", "*.png", "*.pdf"})},
  };
  std::size_t count = 0;
  for (const nlohmann::json& json : cases::lines("buildkit/tables/copy_exclude.jsonl")) {
    ++count;
    const std::string name = json.at("filename");
    SCOPED_TRACE(name);
    const std::size_t length = std::string("builder1/1/").size();
    const auto& files = steps.at(name.substr(0, length));
    const auto found = files.find(name.substr(length));
    ASSERT_EQ(found == files.end(), json.at("excluded").get<bool>());
    if (found != files.end()) {
      EXPECT_EQ(found->second, json.at("expectedContent"));
    }
  }
  EXPECT_GT(count, 40U);
  EXPECT_TRUE(copied(scratch, "dir*", {"*"}).empty());
}
