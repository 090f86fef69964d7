#include "tests/unit/runtime/container_fixture.hpp"

#include <sys/mman.h>
#include <sys/stat.h>

using namespace husk;
using namespace husk::runtime;

namespace {

class MountsTest : public ContainerTest {
 protected:
  MountsTest() {
    for (const char* directory : {"one/dir", "two/dir", "scratch", "scratch-work"})
      fs::create_directories(base_ / directory);
    std::ofstream(base_ / "one/dir/a") << "a of one\n";
    std::ofstream(base_ / "one/dir/b") << "b of one\n";
    std::ofstream(base_ / "two/dir/a") << "a of two\n";
    std::ofstream(base_ / "canary") << "canary\n";
    fs::create_symlink("/dir", base_ / "one/link");
    fs::create_symlink(base_ / "canary", base_ / "one/out");
  }
  Rootfs tree() const { return {{base_ / "two", base_ / "one"}, {}, {}}; }
};

Fd memory_file(std::string_view content) {
  Fd file(::memfd_create("content", MFD_CLOEXEC));
  write_all(file.get(), content, "content");
  return file;
}

}  // namespace

TEST_P(MountsTest, ShowsAPartOfATree) {
  spec_.mounts = {{.target = "/mnt/all", .read_only = true, .what = TreeMount{tree()}},
                  {.target = "/mnt/dir", .read_only = true, .what = TreeMount{tree(), "/link"}},
                  {.target = "/mnt/file", .read_only = true, .what = TreeMount{tree(), "dir/../dir/b"}}};
  EXPECT_EQ(sh("cat /mnt/all/dir/a /mnt/dir/b /mnt/file; touch /mnt/dir/x 2>&1"),
            "a of two\nb of one\nb of one\ntouch: /mnt/dir/x: Read-only file system\n");
  EXPECT_EQ(sh("grep -E ' /mnt' /proc/self/mountinfo | grep -vc nosuid,nodev"), "0\n");
}

TEST_P(MountsTest, KeepsALinkOfATreeInIt) {
  spec_.mounts = {{.target = "/mnt", .what = TreeMount{tree(), "/out"}}};
  EXPECT_EQ(error_of({"true"}, Exit::engine),
            "open '/out' in what is to be mounted: No such file or directory");
}

TEST_P(MountsTest, RefusesAVolumeThatWasReplaced) {
  struct stat status {};
  ASSERT_EQ(::stat((base_ / "one").c_str(), &status), 0);
  spec_.volumes = {{.source = base_ / "one", .target = "/mnt"}};
  spec_.volumes[0].expected = {status.st_dev, status.st_ino};
  EXPECT_EQ(sh("cat /mnt/dir/a"), "a of one\n");
  fs::rename(base_ / "one", base_ / "first");
  fs::create_directory_symlink(base_ / "two", base_ / "one");
  EXPECT_EQ(error_of({"true"}, Exit::engine),
            cat("volume ", quote(base_ / "one"), " was replaced meanwhile"));
}

TEST_P(MountsTest, WritesToTheUpperDirectoryOfATree) {
  Rootfs writable = tree();
  writable.upper = base_ / "scratch";
  writable.work = base_ / "scratch-work";
  spec_.mounts = {{.target = "/mnt", .what = TreeMount{writable, "dir"}}};
  EXPECT_EQ(sh("echo changed > /mnt/a; rm /mnt/b; ls /mnt; cat /mnt/a"), "a\nchanged\n");
  EXPECT_TRUE(fs::exists(base_ / "scratch/dir/a"));
  EXPECT_TRUE(fs::exists(base_ / "one/dir/b"));
  spec_.mounts = {{.target = "/mnt", .what = TreeMount{{{}, base_ / "scratch", {}}}}};
  EXPECT_EQ(sh("cat /mnt/dir/a; echo new > /mnt/new"), "changed\n");
  EXPECT_TRUE(fs::exists(base_ / "scratch/new"));
}

TEST_P(MountsTest, MakesMemoryOfASize) {
  spec_.mounts = {{.target = "/mnt", .what = MemoryMount{65536}}};
  EXPECT_EQ(sh("stat -c %a /mnt; head -c 100000 /dev/zero > /mnt/x 2>/dev/null; wc -c < /mnt/x"),
            "1777\n65536\n");
}

TEST_P(MountsTest, CopiesASecretThatOnlyItsOwnerCanRead) {
  const Fd content = memory_file("hush");
  spec_.mounts = {{.target = "/run/secrets/it", .what = SecretMount{.content = content.get()}}};
  EXPECT_EQ(
      sh("cat /run/secrets/it; stat -c ' %a %u:%g' /run/secrets/it; echo x > /run/secrets/it || echo no"),
      "hush 400 0:0\nno\n");
  EXPECT_EQ(sh("grep ' /run/secrets/it ' /proc/self/mountinfo | grep -c 'ro,nosuid,nodev,noexec.* - tmpfs'"),
            "1\n");
  spec_.mounts = {{.target = "/it", .what = SecretMount{content.get(), 0440, 1000, 50}}};
  if (spec_.map.kind == userns::MapKind::single) {
    EXPECT_EQ(error_of({"true"}, Exit::engine), "set the owner of the secret for '/it': Invalid argument");
  } else {
    EXPECT_EQ(sh("stat -c '%a %u:%g' /it"), "440 1000:50\n");
  }
}

TEST_P(MountsTest, BindsADevice) {
  spec_.mounts = {{.target = "/dev/other", .what = DeviceMount{"/dev/zero"}}};
  EXPECT_EQ(sh("head -c 3 /dev/other | wc -c"), "3\n");
  EXPECT_TRUE(fs::is_empty(base_ / "upper"));
  spec_.mounts = {{.target = "/dev/other", .what = DeviceMount{"/etc/passwd"}}};
  EXPECT_EQ(error_of({"true"}, Exit::engine), "'/etc/passwd' is no device");
}

TEST_P(MountsTest, PutsLowerTargetsLast) {
  spec_.mounts = {{.target = "/mnt/deep/er", .what = MemoryMount{}},
                  {.target = "/mnt", .what = MemoryMount{}}};
  EXPECT_EQ(sh("grep -o ' /mnt[^ ]*' /proc/self/mountinfo"), " /mnt\n /mnt/deep/er\n");
}

TEST_P(MountsTest, SetsLimitsHostsAndSharedMemory) {
  spec_.limits = {parse_limit("nofile=100:200"), parse_limit("core=0"), parse_limit("cpu=77")};
  spec_.extra_hosts = {{"db.example", "10.0.0.9"}};
  spec_.shm_size = 1 << 20;
  EXPECT_EQ(sh("ulimit -n; ulimit -Hn; ulimit -t; ulimit -c; grep db /etc/hosts; grep -o 'size=1024k' "
               "/proc/mounts"),
            "100\n200\n77\n0\n10.0.0.9\tdb.example\nsize=1024k\n");
  spec_.limits = {parse_limit("nofile=-1")};
  const std::string error = error_of({"true"}, Exit::engine);
  EXPECT_EQ(error, "set the limit 'nofile': Operation not permitted");
}

TEST(ParseLimit, ReadsWhatDockerReads) {
  const auto print = [](std::string_view text) {
    const Limit limit = parse_limit(text);
    const auto number = [](rlim_t value) {
      return value == RLIM_INFINITY ? std::string("-") : std::to_string(value);
    };
    return cat(limit.name, " ", number(limit.soft), " ", number(limit.hard));
  };
  EXPECT_EQ(print("nofile=512"), "nofile 512 512");
  EXPECT_EQ(print("nproc=1024:-1"), "nproc 1024 -");
  EXPECT_EQ(print("core=-1:-1"), "core - -");
  for (const char* bad : {"", "nofile", "nofile=", "nofile=x", "nofile=2:1", "nofile=-1:1",
                          "nofile=1:", "files=1", "nofile=1:2:3", "nofile=-2", "=1"}) {
    EXPECT_THROW((void)parse_limit(bad), Error) << bad;
  }
}

INSTANTIATE_TEST_SUITE_P(Maps, MountsTest, testing::Values(userns::Choice::single, userns::Choice::automatic),
                         [](const auto& param) {
                           return param.param == userns::Choice::single ? "single" : "automatic";
                         });
