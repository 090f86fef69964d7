#include "libcore/build/mount_points.hpp"

#include "tests/unit/build/scratch.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>

using namespace husk;
using namespace husk::build;
using Names = std::vector<std::string>;

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
