#include "libcore/container/copy.hpp"

#include "libcore/container/copy_halves.hpp"
#include "libcore/container/half.hpp"
#include "libcore/container/place.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>
#include <array>
#include <filesystem>
#include <fstream>

namespace husk::container {
namespace {

namespace fs = std::filesystem;

class Copy : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "husk-copy.XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    top_ = name;
    for (const char* root : {"a", "b"}) fs::create_directories(top_ / root);
    fs::create_directories(top_ / "a/dir/sub");
    write("a/file", "text");
    write("a/dir/inner", "inner");
    write("a/dir/sub/deep", "deep");
    fs::create_symlink("dir", top_ / "a/dirlink");
    fs::create_symlink("file", top_ / "a/link");
    fs::create_directories(top_ / "b/there");
    write("b/old", "old");
    write("canary", "secret");
  }
  void TearDown() override {
    EXPECT_EQ(content("canary"), "secret");
    fs::remove_all(top_);
  }

  void write(const fs::path& path, const std::string& text) const { std::ofstream(top_ / path) << text; }
  std::string content(const fs::path& path) const {
    std::ifstream file(top_ / path);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  Fd root(const char* name) const {
    return Fd(::open((top_ / name).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  }

  /// Both halves, with "a" and "b" as root directories; the message of the failure.
  std::string copy(const std::string& from, const std::string& to, SourceLink link = SourceLink::copy,
                   Side side = Side::container) const {
    std::array<int, 2> talk{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, talk.data()), 0);
    Pipe pipe = make_pipe();
    Channel sends{Fd(talk[0]), std::move(pipe.write_end)};
    Channel receives{Fd(talk[1]), std::move(pipe.read_end)};
    Half sender([&] {
      receives = {};
      return send(root("a").get(), from, link, sends);
    });
    sends = {};
    std::string failure;
    try {
      (void)receive(root("b").get(), to, side, CopyOwners::keep, receives);
    } catch (const Error& error) {
      failure = error.what();
    }
    receives = {};
    try {
      (void)sender.wait();
    } catch (const Error& error) {
      if (failure.empty() || failure == other_half_ended) failure = error.what();
    }
    return failure;
  }

  fs::path top_;
};

// Row by row the table of docker-cp(1).

TEST_F(Copy, a_file) {
  EXPECT_EQ(copy("/file", "/new"), "");
  EXPECT_EQ(content("b/new"), "text");
  EXPECT_NE(copy("/file", "/new2/"), "");
  EXPECT_NE(copy("/file", "/missing/new"), "");
  EXPECT_EQ(copy("file", "old"), "");
  EXPECT_EQ(content("b/old"), "text");
  EXPECT_EQ(copy("/file", "/there"), "");
  EXPECT_EQ(copy("/file", "/there/"), "");
  EXPECT_EQ(content("b/there/file"), "text");
  EXPECT_NE(copy("/file", "/old/"), "");
  EXPECT_NE(copy("/file/", "/new3"), "");
  EXPECT_NE(copy("/nothing", "/new3").find("No such file"), std::string::npos);
  EXPECT_FALSE(fs::exists(top_ / "b/new3"));
}

TEST_F(Copy, a_directory) {
  EXPECT_EQ(copy("/dir", "/new"), "");
  EXPECT_EQ(content("b/new/sub/deep"), "deep");
  EXPECT_EQ(copy("/dir", "/new2/"), "");
  EXPECT_EQ(content("b/new2/inner"), "inner");
  EXPECT_NE(copy("/dir", "/old").find("over the file"), std::string::npos);
  EXPECT_EQ(copy("/dir/", "/there"), "");
  EXPECT_EQ(content("b/there/dir/inner"), "inner");
  EXPECT_EQ(copy("/dir/.", "/there"), "");
  EXPECT_EQ(content("b/there/inner"), "inner");
  EXPECT_EQ(copy("/dir/.", "/new3"), "");
  EXPECT_EQ(content("b/new3/inner"), "inner");
  EXPECT_EQ(copy("/", "/there"), "");
  EXPECT_EQ(content("b/there/file"), "text");
  EXPECT_EQ(content("b/old"), "old");
}

TEST_F(Copy, a_symbolic_link) {
  EXPECT_EQ(copy("/link", "/new"), "");
  EXPECT_EQ(fs::read_symlink(top_ / "b/new"), "file");
  EXPECT_EQ(copy("/link", "/new2", SourceLink::follow), "");
  EXPECT_EQ(content("b/new2"), "text");
  EXPECT_TRUE(fs::is_regular_file(fs::symlink_status(top_ / "b/new2")));
  EXPECT_EQ(copy("/link", "/there", SourceLink::follow), "");
  EXPECT_EQ(content("b/there/link"), "text");
  EXPECT_EQ(copy("/dirlink/", "/new4"), "");
  EXPECT_EQ(content("b/new4/inner"), "inner");
  EXPECT_EQ(copy("/dirlink/sub/deep", "/new5"), "");
  EXPECT_EQ(content("b/new5"), "deep");
}

TEST_F(Copy, a_link_as_the_destination) {
  fs::create_symlink("old", top_ / "b/tofile");
  fs::create_symlink("/there", top_ / "b/todir");
  fs::create_symlink("dangling-target", top_ / "b/dangling");
  fs::create_symlink("loop", top_ / "b/loop");
  EXPECT_EQ(copy("/file", "/tofile"), "");
  EXPECT_EQ(content("b/old"), "text");
  EXPECT_TRUE(fs::is_symlink(top_ / "b/tofile"));
  EXPECT_EQ(copy("/file", "/todir"), "");
  EXPECT_EQ(content("b/there/file"), "text");
  EXPECT_EQ(copy("/file", "/dangling"), "");
  EXPECT_EQ(content("b/dangling-target"), "text");
  EXPECT_NE(copy("/file", "/loop"), "");
}

TEST_F(Copy, neither_end_leaves_its_root) {
  for (const std::string& target : {std::string("../canary"), (top_ / "canary").string(),
                                    std::string("/proc/self/root") + top_.string()}) {
    for (const char* end : {"a/out", "b/out"}) {
      fs::remove(top_ / end);
      fs::create_symlink(target, top_ / end);
    }
    fs::remove_all(top_ / "b/got");
    (void)copy("/out", "/got", SourceLink::follow);
    EXPECT_NE(content("b/got"), "secret");
    (void)copy("/out/", "/got");
    (void)copy("/file", "/out");
    (void)copy("/file", "/out/");
    (void)copy("/dir", "/out");
    (void)copy("/file", "/../canary");
    (void)copy("/file", "../../../canary");
  }
  fs::create_directory_symlink("..", top_ / "a/up");
  fs::create_directory_symlink("..", top_ / "b/up");
  EXPECT_NE(copy("/up/canary", "/got2"), "");
  EXPECT_EQ(copy("/file", "/up/canary"), "");
  EXPECT_EQ(content("b/canary"), "text");
}

TEST_F(Copy, a_directory_is_never_replaced_by_a_file_nor_the_other_way_round) {
  fs::create_directories(top_ / "b/there/dir/inner");
  EXPECT_NE(copy("/dir", "/there"), "");
  EXPECT_TRUE(fs::is_directory(top_ / "b/there/dir/inner"));
  write("b/sub", "a file");
  EXPECT_NE(copy("/dir/.", "/"), "");
  EXPECT_EQ(content("b/sub"), "a file");
}

TEST_F(Copy, links_that_are_there_mean_what_they_mean_in_a_container) {
  fs::create_directories(top_ / "b/opt");
  fs::create_symlink("/there", top_ / "b/opt/cur");
  EXPECT_EQ(copy("/file", "/opt/cur/new"), "");
  EXPECT_EQ(content("b/there/new"), "text");
}

TEST_F(Copy, permissions_and_times_stay) {
  fs::permissions(top_ / "a/file", fs::perms(0400));
  fs::last_write_time(top_ / "a/file", fs::file_time_type::clock::now() - std::chrono::hours(1000));
  EXPECT_EQ(copy("/file", "/new"), "");
  EXPECT_EQ(fs::status(top_ / "b/new").permissions(), fs::perms(0400));
  EXPECT_EQ(fs::last_write_time(top_ / "b/new"), fs::last_write_time(top_ / "a/file"));
}

TEST_F(Copy, an_existing_directory_keeps_its_permissions) {
  fs::permissions(top_ / "b/there", fs::perms(0711));
  EXPECT_EQ(copy("/dir/.", "/there"), "");
  EXPECT_EQ(fs::status(top_ / "b/there").permissions(), fs::perms(0711));
}

TEST_F(Copy, a_large_source_that_nobody_reads_does_not_hang) {
  write("a/big", std::string(8 << 20, 'x'));
  EXPECT_NE(copy("/big", "/missing/x"), "");
}

TEST(ParseCopyEnd, knows_whose_path_it_is) {
  EXPECT_EQ(parse_copy_end("web:/etc/x").container, "web");
  EXPECT_EQ(parse_copy_end("web:/etc/x").path, "/etc/x");
  EXPECT_EQ(parse_copy_end("web:a:b").path, "a:b");
  EXPECT_EQ(parse_copy_end("web:").path, "");
  for (const char* local : {"/a:b", "./a:b", "../a:b", "-", "file", ":x"}) {
    EXPECT_EQ(parse_copy_end(local).container, "") << local;
    EXPECT_EQ(parse_copy_end(local).path, local);
  }
}

TEST(ParseCopyPath, keeps_what_the_end_means) {
  EXPECT_EQ(parse_copy_path("/a/../b//c/").path, "b/c");
  EXPECT_TRUE(parse_copy_path("a/").wants_directory);
  EXPECT_FALSE(parse_copy_path("a/").contents);
  EXPECT_TRUE(parse_copy_path("a/.").contents);
  EXPECT_EQ(parse_copy_path("a/.").path, "a");
  EXPECT_EQ(parse_copy_path("../../x").path, "x");
  for (const char* top : {"/", "", ".", "/.", "..", "//"}) {
    EXPECT_EQ(parse_copy_path(top).path, "") << top;
    EXPECT_TRUE(parse_copy_path(top).contents) << top;
  }
}

TEST(Half, brings_back_results_and_errors) {
  EXPECT_EQ(Half([] { return std::string("result"); }).wait(), "result");
  Half failing([]() -> std::string {
    Error error("it went wrong", Exit::not_found);
    error.set_hint("try again");
    throw error;
  });
  try {
    (void)failing.wait();
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "it went wrong");
    EXPECT_EQ(error.hint(), "try again");
    EXPECT_EQ(error.exit(), Exit::not_found);
  }
  EXPECT_THROW(Half([]() -> std::string { ::_exit(3); }).wait(), Error);
  const Half abandoned([]() -> std::string {
    ::pause();
    return {};
  });
}

}  // namespace
}  // namespace husk::container
