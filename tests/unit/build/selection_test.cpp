#include "libcore/build/selection.hpp"

#include "libcore/base/error.hpp"
#include "libcore/build/copy_files.hpp"
#include "libcore/build/mount_points.hpp"
#include "libcore/build/stat_cache.hpp"
#include "tests/unit/build/scratch.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <unistd.h>

using namespace husk;
using namespace husk::build;
using dockerfile::IgnoreMatcher;

namespace {

std::vector<std::string> names(const std::vector<Selection>& selections) {
  std::vector<std::string> out;
  for (const Selection& selection : selections) {
    for (const SourceEntry& entry : selection.entries)
      out.push_back(cat(selection.name, "|", entry.relative));
  }
  return out;
}

using Names = std::vector<std::string>;

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
  SourceTree tree() const { return {root.get()}; }
  std::string digest(const std::string& pattern, DigestOptions options = {}) const {
    return digest_of(select(tree(), pattern), options,
                     [&](const SourceEntry& entry) { return hash_file(root.get(), entry); });
  }

  Scratch scratch;
  Fd root = scratch.open();
};

}  // namespace

TEST_F(SelectionTest, DirectoriesFilesAndWildcards) {
  EXPECT_EQ(names(select(tree(), "a")), (Names{"a|", "a|b", "a|b/two", "a|one"}));
  EXPECT_EQ(names(select(tree(), "/a/../a/one")), Names{"one|"});
  EXPECT_EQ(names(select(tree(), "?/o*")), (Names{"one|", "one|"}));
  EXPECT_EQ(names(select(tree(), "to-c")), (Names{"to-c|", "to-c|one"}));  // a link that is named is followed
  EXPECT_TRUE(select(tree(), "missing").empty());
  EXPECT_TRUE(select(tree(), "*.x").empty());
}

TEST_F(SelectionTest, NeverLeavesTheTree) {
  EXPECT_TRUE(select(tree(), "outside").empty());
  EXPECT_TRUE(select(tree(), "outside/passwd").empty());
  EXPECT_TRUE(select(tree(), "/etc/passwd").empty());
  EXPECT_EQ(names(select(tree(), "../../a/one")), Names{"one|"});
  EXPECT_EQ(names(select(tree(), "up/a/one")), Names{"one|"});  // ".." stops at the top, as in "/"
}

TEST_F(SelectionTest, IgnoredAndExcluded) {
  const IgnoreMatcher ignore({"a", "!a/b", "c"});
  SourceTree filtered{root.get(), &ignore};
  EXPECT_EQ(names(select(filtered, "a")), (Names{"a|", "a|b", "a|b/two"}));
  EXPECT_TRUE(select(filtered, "c").empty());
  EXPECT_TRUE(select(filtered, "c/one").empty());
  EXPECT_TRUE(select(filtered, "to-c").empty());  // what it leads to counts
  const IgnoreMatcher exclude({"**/two"});
  SourceTree excluding{root.get(), nullptr, &exclude};
  EXPECT_EQ(names(select(excluding, "a")), (Names{"a|", "a|b", "a|one"}));
}

TEST_F(SelectionTest, TheDigestIsOfWhatCounts) {
  const std::string before = digest("a");
  scratch.touch("a/one", 1);
  EXPECT_EQ(digest("a"), before);
  EXPECT_EQ(digest("a/one"), digest("c/one"));
  scratch.chmod("a/one", 0755);
  EXPECT_NE(digest("a"), before);
  EXPECT_EQ(digest("a", {.with_modes = false}), [&] {
    scratch.chmod("a/one", 0600);
    return digest("a", {.with_modes = false});
  }());
  scratch.chmod("a/one", 0644);
  EXPECT_EQ(digest("a"), before);
  scratch.write("a/one", "2");
  EXPECT_NE(digest("a"), before);
}

TEST_F(SelectionTest, NoticesWhatChangesWhileItIsRead) {
  const auto selected = select(tree(), "a/one");
  scratch.write("a/one", "longer");
  EXPECT_THROW((void)hash_file(root.get(), selected[0].entries[0]), Error);
  scratch.remove("a/one");
  ASSERT_EQ(::mkfifoat(root.get(), "a/one", 0600), 0);
  EXPECT_THROW((void)hash_file(root.get(), selected[0].entries[0]), Error);  // and does not wait for a writer
}

TEST(StatCache, RemembersWhatIsOldEnough) {
  Scratch scratch;
  scratch.write("old", "content");
  scratch.write("new", "content");
  const auto store = store::Store::open(scratch.path() / "store", [](const std::string&) {});
  const store::Lease lease(store);
  const Fd root = scratch.open();
  struct stat status {};
  ASSERT_EQ(::fstatat(root.get(), "old", &status, 0), 0);
  status.st_mtim.tv_sec -= 100;
  status.st_ctim.tv_sec -= 100;
  struct stat fresh {};
  ASSERT_EQ(::fstatat(root.get(), "new", &fresh, 0), 0);
  const std::string hash(64, 'a');
  {
    StatCache cache(lease, root.get());
    fresh.st_ctim.tv_sec += 1;  // written at the time of the build, or later
    cache.put("old", status, hash);
    cache.put("new", fresh, hash);
    cache.save();
  }
  StatCache cache(lease, root.get());
  EXPECT_EQ(cache.find("old", status), hash);
  EXPECT_EQ(cache.find("new", fresh), std::nullopt);
  status.st_ino += 1;
  EXPECT_EQ(cache.find("old", status), std::nullopt);
}

TEST(MountPoints, OnlyWhatTheRuntimeMadeGoes) {
  Scratch scratch;
  scratch.write("lower/etc/passwd", "x");
  scratch.write("lower/etc/hosts", "the image's own");
  scratch.write("upper/etc/resolv.conf", "");
  scratch.write("upper/etc/hosts", "changed");
  scratch.write("upper/etc/new", "");
  scratch.directory("upper/proc");
  scratch.directory("upper/mnt/deep/volume");
  scratch.directory("upper/sys");
  scratch.write("upper/sys/kept", "");
  scratch.link("/tmp", "upper/dev");
  const Fd root = scratch.open();
  const Fd upper(::openat(root.get(), "upper", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const Fd lower(::openat(root.get(), "lower", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  remove_mount_points(upper.get(), {lower.get()}, mount_points({"/mnt/deep/volume", "/dev/x"}));
  EXPECT_EQ(scratch.list("upper"), (Names{"dev", "etc", "etc/hosts", "etc/new", "sys", "sys/kept"}));
  scratch.remove("upper/etc/new");
  scratch.remove("upper/etc/hosts");
  remove_mount_points(upper.get(), {lower.get()}, mount_points({}));
  EXPECT_EQ(scratch.list("upper"), (Names{"dev", "sys", "sys/kept"}));
}

TEST(CopyFiles, StaysInTheImage) {
  Scratch scratch;
  scratch.write("source/file", "content");
  scratch.directory("canary");
  scratch.directory("image/real");
  scratch.link((scratch.path() / "canary").string(), "image/absolute");
  scratch.link("../canary", "image/relative");
  scratch.link("/real", "image/inside");
  const Fd root = scratch.open();
  const Fd source(::openat(root.get(), "source", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const Fd image(::openat(root.get(), "image", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const auto copy = [&](const std::string& destination) {
    CopyOrder order;
    order.source = source.get();
    order.selections = select({source.get()}, "file");
    order.destination = destination;
    order.owner = Owner{::getuid(), ::getgid()};
    (void)copy_files(image.get(), order);
  };
  copy("/inside/");
  EXPECT_TRUE(scratch.exists("image/real/file"));
  EXPECT_THROW(copy("/absolute/"), Error);  // a link to what is not in the image
  EXPECT_THROW(copy("/relative/x"), Error);
  copy("/absolute");  // the link itself is replaced
  EXPECT_TRUE(scratch.list("canary").empty());
}
