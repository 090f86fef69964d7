#include "libcore/container/mount_option.hpp"

#include "libcore/base/error.hpp"
#include "tests/unit/container/error_of.hpp"

#include <gtest/gtest.h>
#include <filesystem>
#include <functional>

using namespace husk;
using namespace husk::container;
using Kind = store::MountConfig::Kind;

TEST(ParseVolume, TellsDirectoriesFromNames) {
  const MountOption bind = parse_volume("/a:/b:ro");
  EXPECT_EQ(bind.mount.kind, Kind::bind);
  EXPECT_EQ(bind.mount.source, "/a");
  EXPECT_EQ(bind.mount.target, "/b");
  EXPECT_TRUE(bind.mount.read_only && bind.mount.make_source);
  EXPECT_FALSE(parse_volume("./x:/b").mount.read_only);
  for (const char* relative : {"./x:/b", "x/y:/b", ".:/b", "..:/b"})
    EXPECT_TRUE(std::filesystem::path(parse_volume(relative).mount.source).is_absolute()) << relative;
  const MountOption named = parse_volume("data:/b:nocopy,ro");
  EXPECT_EQ(named.mount.kind, Kind::volume);
  EXPECT_EQ(named.mount.source, "data");
  EXPECT_TRUE(named.no_copy && named.mount.read_only);
  const MountOption unnamed = parse_volume("/b");
  EXPECT_EQ(unnamed.mount.kind, Kind::volume);
  EXPECT_EQ(unnamed.mount.source, "");
  EXPECT_EQ(unnamed.mount.target, "/b");
}

TEST(ParseVolume, KnowsItsWords) {
  EXPECT_EQ(parse_volume("/a:/b:rslave").mount.propagation, "rslave");
  EXPECT_EQ(parse_volume("/a:/b:ro,private").mount.propagation, "private");
  EXPECT_TRUE(parse_volume("/a:/b:cached,ro").mount.read_only);
  for (const char* bad : {"", ":/b", "/a:b", "/a:/b:ro:rw", "/a:", "/a:/b:", "/a:/b:x", "/a:/b:ro,", "b",
                          "/a:/b:nocopy", "data:/b:rslave", "/a:/b:U", "/a:/b:rw,idmap"}) {
    EXPECT_NE(error_of([&] { (void)parse_volume(bad); }), "") << bad;
  }
  EXPECT_EQ(error_of([] { (void)parse_volume("/a:/b:rshared"); }),
            "-v '/a:/b:rshared': propagation rshared: what is mounted in a container can't reach the host");
}

TEST(ParseTmpfs, KnowsItsWords) {
  const auto mount = parse_tmpfs("/run:size=64k,mode=755,uid=1,gid=2,nr_inodes=9,exec,ro,nosuid").mount;
  EXPECT_EQ(mount.kind, Kind::memory);
  EXPECT_EQ(mount.target, "/run");
  EXPECT_EQ(mount.size, 65536U);
  EXPECT_EQ(mount.mode, 0755U);
  EXPECT_EQ(mount.uid, 1U);
  EXPECT_EQ(mount.gid, 2U);
  EXPECT_EQ(mount.inodes, 9U);
  EXPECT_TRUE(mount.executable && mount.read_only);
  const auto plain = parse_tmpfs("/run").mount;
  EXPECT_EQ(plain.mode, 01777U);
  EXPECT_FALSE(plain.executable || plain.read_only);
  EXPECT_GT(parse_tmpfs("/run:size=50%").mount.size, 1U << 20);
  for (const char* bad : {"", "run", "/run:", "/run:size=x", "/run:size=0%", "/run:size=101%", "/run:mode=8",
                          "/run:suid", "/run:dev", "/run:sync", "/run:uid=-1", "/run:size"}) {
    EXPECT_NE(error_of([&] { (void)parse_tmpfs(bad); }), "") << bad;
  }
}

TEST(ParseMount, KnowsEveryKey) {
  const MountOption bind = parse_mount(
      "type=bind,src=/s,dst=/t,ro,bind-propagation=RSlave,bind-recursive=writable,bind-create-src");
  EXPECT_EQ(bind.mount.kind, Kind::bind);
  EXPECT_EQ(bind.mount.propagation, "rslave");
  EXPECT_EQ(bind.mount.recursive, "writable");
  EXPECT_TRUE(bind.mount.make_source && bind.mount.read_only);
  EXPECT_FALSE(parse_mount("type=bind,source=/s,target=/t").mount.make_source);
  const MountOption memory = parse_mount("TYPE=tmpfs,destination=/t,tmpfs-size=1m,tmpfs-mode=700");
  EXPECT_EQ(memory.mount.kind, Kind::memory);
  EXPECT_EQ(memory.mount.size, 1U << 20);
  EXPECT_EQ(memory.mount.mode, 0700U);
  const MountOption image = parse_mount("type=image,source=busybox,target=/t,image-subpath=bin");
  EXPECT_EQ(image.mount.kind, Kind::image);
  EXPECT_EQ(image.mount.subpath, "bin");
  EXPECT_EQ(parse_mount("type=volume,src=data,dst=/t,volume-subpath=a/b").mount.subpath, "a/b");
  EXPECT_EQ(parse_mount("\"type=bind\",\"src=/a,b\",dst=/t").mount.source, "/a,b");
}

TEST(ParseMount, RefusesWhatContradictsItself) {
  for (const char* bad :
       {"type=bind,target=/t", "type=image,target=/t", "type=volume,source=x", "type=glob,target=/t",
        "type=tmpfs,target=/t,source=x", "type=volume,target=t", "type=bind,source=s,target=/t",
        "type=bind,source=/s,target=/t,bind-recursive=readonly", "type=tmpfs,target=/t,volume-nocopy",
        "type=bind,source=/s,target=/t,bind-propagation=shared",
        "type=bind,source=/s,target=/t,bind-nonrecursive", "type=bind,source=/s,target=/t,bind-recursive=x",
        "type=volume,target=/t,consistency=x", "type=volume,target=/t,image-subpath=x",
        "type=bind,\"source=/s,target=/t"}) {
    EXPECT_NE(error_of([&] { (void)parse_mount(bad); }), "") << bad;
  }
}

TEST(CheckMount, KnowsOneDriverOnly) {
  check_mount(parse_mount("target=/t,volume-driver=local"));
  EXPECT_EQ(error_of([] { check_mount(parse_mount("target=/t,volume-driver=nfs")); }),
            "volume driver 'nfs': there is only local");
  EXPECT_EQ(error_of([] { check_mount(parse_mount("target=/t,volume-opt=type=nfs")); }),
            "the driver local has no option 'type'");
}
