#include "libcore/build/copy_files.hpp"

#include "libcore/base/error.hpp"
#include "tests/unit/build/scratch.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <unistd.h>

using namespace husk;
using namespace husk::build;

namespace {

using Names = std::vector<std::string>;

// Copies from "source" to "image", whose files belong to whoever runs the test.
class CopyFilesTest : public testing::Test {
 protected:
  CopyFilesTest() {
    scratch.directory("source");
    scratch.directory("image");
  }
  Fd open(const std::string& name) const {
    return Fd(::open((scratch.path() / name).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  }
  void copy(const std::string& pattern, const std::string& destination, CopyOrder order = {}) const {
    const Fd source = open("source"), image = open("image");
    SourceTree tree(source.get());
    for (Selection& each : select(tree, pattern)) order.pieces.push_back({source.get(), std::move(each)});
    order.destination = destination;
    order.owner = Owner{::getuid(), ::getgid()};
    (void)copy_files(image.get(), order);
  }
  struct stat status(const std::string& name) const {
    struct stat status {};
    EXPECT_EQ(::lstat((scratch.path() / name).c_str(), &status), 0) << name;
    return status;
  }

  Scratch scratch;
};

}  // namespace

TEST_F(CopyFilesTest, StaysInTheImage) {
  scratch.write("source/file", "content");
  scratch.directory("canary");
  scratch.directory("image/real");
  scratch.link((scratch.path() / "canary").string(), "image/absolute");
  scratch.link("../../canary", "image/relative");
  scratch.link("/real", "image/inside");
  copy("file", "/inside/");
  EXPECT_TRUE(scratch.exists("image/real/file"));
  // What links lead to is made in the image, where it is not there.
  copy("file", "/absolute/");
  copy("file", "/relative/x");
  copy("file", "/absolute/y/z");
  EXPECT_TRUE(scratch.list("canary").empty());
  EXPECT_TRUE(scratch.exists("image/canary/x"));
  EXPECT_TRUE(scratch.exists("image" + (scratch.path() / "canary/y/z").string()));
  scratch.link("loop", "image/loop");
  EXPECT_THROW(copy("file", "/loop"), Error);
  EXPECT_THROW(copy("file", "/loop/"), Error);
}

TEST_F(CopyFilesTest, FilesAndDirectoriesInTheWay) {
  scratch.write("source/file", "content");
  scratch.write("source/directory/in/it", "content");
  scratch.write("source/other/in", "content");
  scratch.write("image/file/kept", "");
  scratch.write("image/plain", "old");
  scratch.link("plain", "image/link");
  copy("file", "/link");  // a link is followed
  EXPECT_EQ(status("image/plain").st_size, 7);
  EXPECT_TRUE(S_ISLNK(status("image/link").st_mode));
  copy("file", "/file");  // into the directory
  EXPECT_EQ(scratch.list("image/file"), (Names{"file", "kept"}));
  copy("directory", "/d");
  EXPECT_EQ(scratch.list("image/d"), (Names{"in", "in/it"}));
  EXPECT_THROW(copy("directory", "/plain"), Error);
  EXPECT_THROW(copy("file", "/plain/"), Error);
  EXPECT_THROW(copy("other", "/d"), Error);  // a file in the place of a directory
  scratch.remove("image/d/in/it");
  scratch.remove("image/d/in");
  scratch.write("image/d/in", "a file");
  EXPECT_THROW(copy("directory", "/d"), Error);
  scratch.write("source/file2", "");
  EXPECT_THROW(copy("f*", "/nowhere"), Error);  // several files need a directory
  EXPECT_FALSE(scratch.exists("image/nowhere"));
  scratch.write("source/directory2/in2", "");
  copy("dir*", "/made");  // the first makes one
  EXPECT_TRUE(scratch.exists("image/made/in2"));
}

TEST_F(CopyFilesTest, ModesTimesAndNames) {
  scratch.write("source/d/sub/file", "content");
  scratch.chmod("source/d/sub/file", 04751);
  scratch.chmod("source/d/sub", 0711);
  scratch.touch("source/d/sub/file", 1000);
  scratch.touch("source/d/sub", 2000);
  scratch.touch("source/d", 3000);
  scratch.write("source/d/one", "linked");
  ASSERT_EQ(::link((scratch.path() / "source/d/one").c_str(), (scratch.path() / "source/d/sub/two").c_str()),
            0);
  scratch.touch("source/d/sub", 2000);
  scratch.touch("source/d", 3000);
  scratch.directory("image/there");
  scratch.chmod("image/there", 0700);
  copy("d", "/there");
  EXPECT_EQ(status("image/there").st_mode & 07777, 0700U);  // what was there stays as it was
  EXPECT_EQ(status("image/there").st_mtime, 3000);
  EXPECT_EQ(status("image/there/sub").st_mode & 07777, 0711U);
  EXPECT_EQ(status("image/there/sub").st_mtime, 2000);
  EXPECT_EQ(status("image/there/sub/file").st_mode & 07777, 04751U);
  EXPECT_EQ(status("image/there/sub/file").st_mtime, 1000);
  EXPECT_EQ(status("image/there/one").st_ino, status("image/there/sub/two").st_ino);
  copy("d", "/new/deep", {.mode = "750", .time = 5});
  EXPECT_EQ(status("image/new").st_mode & 07777, 0750U);
  EXPECT_EQ(status("image/new/deep/sub/file").st_mode & 07777, 0750U);
  EXPECT_EQ(status("image/new/deep/sub/file").st_mtime, 5);
  EXPECT_EQ(status("image/new/deep/sub").st_mtime, 5);
  EXPECT_EQ(status("image/new/deep").st_mtime, 5);
}

TEST_F(CopyFilesTest, ALinkThatWasReplacedIsNotLinkedTo) {
  scratch.write("source/a/x", "first");
  ASSERT_EQ(::mkdir((scratch.path() / "source/b").c_str(), 0755), 0);
  ASSERT_EQ(::link((scratch.path() / "source/a/x").c_str(), (scratch.path() / "source/b/y").c_str()), 0);
  scratch.write("source/aa/x", "second");
  copy("?*", "/", {});
  EXPECT_EQ(status("image/y").st_size, 5);
  EXPECT_EQ(status("image/x").st_size, 6);
}
