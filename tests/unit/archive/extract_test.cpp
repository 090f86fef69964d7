#include "libcore/archive/extract.hpp"

#include "tests/unit/archive/sandbox.hpp"
#include "tests/unit/archive/tar_builder.hpp"

#include <sys/sysmacros.h>
#include <sys/xattr.h>

namespace husk::archive {
namespace {

using Extract = Sandbox;

TEST_F(Extract, files_are_as_the_archive_says) {
  TarBuilder tar;
  tar.directory("d", 0500).file("d/f", "text").symlink("d/s", "f").link("d/h", "d/f").fifo("d/p");
  tar.add({.path = "suid", .content = "x", .mode = 04755});
  tar.pax("mtime", "1234567890.123456789").file("precise");
  const Extracted result = unpack(tar.finish());

  EXPECT_EQ(result.entries, 7U);
  EXPECT_EQ(result.bytes, 12U);
  EXPECT_EQ(content("d/f"), "text");
  EXPECT_EQ(status("d").st_mode & 07777, 0500U);
  EXPECT_EQ(status("d").st_mtime, 1'000'000'000);
  EXPECT_EQ(status("d/f").st_nlink, 2U);
  EXPECT_EQ(status("d/f").st_ino, status("d/h").st_ino);
  EXPECT_EQ(status("suid").st_mode & 07777, 04755U);
  EXPECT_TRUE(S_ISFIFO(status("d/p").st_mode));
  EXPECT_EQ(status("d/s").st_mtime, 1'000'000'000);
  EXPECT_EQ(status("precise").st_mtim.tv_nsec, 123'456'789);
  EXPECT_TRUE(result.notes.empty());
}

TEST_F(Extract, modes_and_times_are_kept_within_limits) {
  TarBuilder tar;
  tar.directory("d", 07755).file("d/made/f").add({.path = "suid", .content = "x", .mode = 06755});
  tar.pax("mtime", "5.5").file("old");
  tar.pax("mtime", "999999999.5").file("new");
  (void)unpack(tar.finish(), {.modes = 01777, .newest = 999'999'999});
  EXPECT_EQ(status("d").st_mode & 07777, 01755U);
  EXPECT_EQ(status("suid").st_mode & 07777, 0755U);
  EXPECT_EQ(status("old").st_mtim.tv_sec, 5);
  EXPECT_EQ(status("old").st_mtim.tv_nsec, 500'000'000);
  for (const char* const name : {"d", "d/made", "d/made/f", "suid", "new"}) {
    EXPECT_EQ(status(name).st_mtim.tv_sec, 999'999'999) << name;
    EXPECT_EQ(status(name).st_mtim.tv_nsec, 0) << name;
  }
}

TEST_F(Extract, the_umask_does_not_matter_and_is_kept) {
  const mode_t before = ::umask(077);
  (void)unpack(TarBuilder().add({.path = "open", .mode = 0666}).directory("dir", 0777).finish());
  EXPECT_EQ(::umask(before), 077U);
  EXPECT_EQ(status("open").st_mode & 07777, 0666U);
  EXPECT_EQ(status("dir").st_mode & 07777, 0777U);
}

TEST_F(Extract, missing_directories_are_made) {
  (void)unpack(TarBuilder().file("a/b/c/d").finish());
  EXPECT_EQ(status("a/b").st_mode & 07777, 0755U);
  EXPECT_EQ(status("a/b/c").st_mtime, 1'000'000'000);
  EXPECT_EQ(content("a/b/c/d"), "content");
}

TEST_F(Extract, the_last_entry_of_a_name_counts) {
  TarBuilder tar;
  tar.file("x", "first").file("x", "second");
  tar.directory("y").file("y/z").file("y", "now a file");
  tar.symlink("l", "x").file("l", "not through the link");
  tar.file("w").directory("w").file("w/inner");
  (void)unpack(tar.finish());
  EXPECT_EQ(content("x"), "second");
  EXPECT_EQ(content("y"), "now a file");
  EXPECT_TRUE(S_ISREG(status("l").st_mode));
  EXPECT_EQ(content("w/inner"), "content");
}

TEST_F(Extract, a_new_file_is_never_written_into_an_old_one) {
  (void)unpack(TarBuilder().file("a", "old").link("b", "a").file("a", "new").finish());
  EXPECT_EQ(content("a"), "new");
  EXPECT_EQ(content("b"), "old");
}

TEST_F(Extract, a_directory_in_the_way_can_be_refused) {
  const ExtractOptions polite{.whiteouts = Whiteouts::literal, .conflicts = Conflicts::refuse};
  std::filesystem::create_directories(top_ / "tree/d/inner");
  std::ofstream(top_ / "tree/f") << "old";
  EXPECT_NE(refusal(TarBuilder().file("d").finish(), polite), "");
  EXPECT_NE(refusal(TarBuilder().directory("f").finish(), polite), "");
  EXPECT_TRUE(exists("d/inner"));
  EXPECT_EQ(refusal(TarBuilder().file("f", "new").finish(), polite), "");
  EXPECT_EQ(content("f"), "new");
}

TEST_F(Extract, names_of_any_bytes_stay) {
  const std::string latin = "caf\xe9";
  const std::string utf8 = "caf\xc3\xa9";
  const std::string odd = "new\nline \x01\xff";
  TarBuilder tar;
  tar.file(latin).file(odd).pax("path", utf8).file("short");
  tar.pax("path", latin + "2").file("short2");
  tar.pax("hdrcharset", "BINARY").pax("path", latin + "3").file("short3");
  const std::string long_name = std::string(200, 'x') + "/" + std::string(255, 'y');
  tar.file(long_name);
  (void)unpack(tar.finish());
  for (const std::string& name : {latin, utf8, odd, latin + "2", latin + "3", long_name})
    EXPECT_EQ(content(name), "content") << name;
}

TEST_F(Extract, holes_are_kept) {
  TarBuilder tar;
  // GNU sparse 1.0 as GNU tar writes it: the map stands before the data.
  std::string map = "1\n1048576\n4\n";
  map.resize(512);
  tar.pax("GNU.sparse.major", "1").pax("GNU.sparse.minor", "0").pax("GNU.sparse.name", "holes");
  tar.pax("GNU.sparse.realsize", "2097152").file("GNUSparseFile.0/holes", map + "data");
  (void)unpack(tar.finish());
  EXPECT_EQ(status("holes").st_size, 2097152);
  EXPECT_LT(status("holes").st_blocks * 512, 1 << 20);
  EXPECT_EQ(content("holes").substr(1048576, 4), "data");
}

TEST_F(Extract, owners_can_be_recorded) {
  TarBuilder tar;
  tar.add({.path = "a", .uid = "0001750"}).add({.path = "b"}).add({.path = "c", .gid = "0000052"});
  tar.add({.path = "d", .type = '5', .mode = 0755, .uid = "0000001"}).add({.path = "a/../c"});
  tar.symlink("ln", "d").add({.path = "ln/through", .uid = "0000002"});
  const Extracted result = unpack(tar.finish(), {.owners = Owners::record});
  EXPECT_EQ(result.owners, (std::vector<RecordedOwner>{{"a", 1000, 0}, {"d", 1, 0}, {"d/through", 2, 0}}));
  EXPECT_EQ(status("a").st_uid, ::geteuid());
}

// Runs the current test as root of a user namespace, with the subordinate ids of whoever calls it or, where
// there are none, with one id.
void again_as_root() {
  const std::string test = ::testing::UnitTest::GetInstance()->current_test_info()->name();
  const std::string self = std::filesystem::read_symlink("/proc/self/exe").string();
  const std::string command =
      "unshare --user --map-root-user $(grep -q \"^$(id -un):\" /etc/subuid && echo --map-auto) '" + self +
      "' --gtest_brief=1 --gtest_filter=Extract." + test;
  EXPECT_EQ(std::system(command.c_str()), 0) << command;
}

bool has_several_ids() {
  std::ifstream map("/proc/self/uid_map");
  std::uint64_t inside = 0, outside = 0, count = 0, all = 0;
  while (map >> inside >> outside >> count) all += count;
  return all > 1;
}

TEST_F(Extract, owners_are_applied_and_fixed) {
  if (::geteuid() != 0) return again_as_root();
  TarBuilder tar;
  tar.add({.path = "a", .mode = 06755, .uid = "0001750", .gid = "0000003"});
  tar.add({.path = "l", .type = '2', .link = "a", .uid = "0000004"});
  tar.add({.path = "d/x", .uid = "0000004"});
  if (!has_several_ids()) {
    EXPECT_NE(refusal(tar.finish()).find("not among the ids at hand"), std::string::npos);
    return;
  }
  (void)unpack(tar.finish());
  EXPECT_EQ(status("a").st_uid, 1000U);
  EXPECT_EQ(status("a").st_gid, 3U);
  EXPECT_EQ(status("a").st_mode & 07777, 06755U);
  EXPECT_EQ(status("l").st_uid, 4U);
  make_tree();
  (void)unpack(tar.finish(), {.owners = Owners::fixed, .uid = 7, .gid = 8});
  for (const char* path : {"a", "l", "d", "d/x"}) {
    EXPECT_EQ(status(path).st_uid, 7U) << path;
    EXPECT_EQ(status(path).st_gid, 8U) << path;
  }
}

TEST_F(Extract, a_setgid_directory_does_not_give_its_group_away) {
  if (::geteuid() != 0) return again_as_root();
  ASSERT_EQ(::fchown(root_.get(), 0, has_several_ids() ? 42 : 0), 0);
  ASSERT_EQ(::fchmod(root_.get(), 02775), 0);
  (void)unpack(TarBuilder().file("f").directory("d").symlink("l", "f").finish());
  EXPECT_EQ(status("f").st_gid, 0U);
  EXPECT_EQ(status("l").st_gid, 0U);
  EXPECT_EQ(status("d").st_gid, 0U);
  EXPECT_EQ(status("d").st_mode & 07777, 0755U);
}

TEST_F(Extract, xattrs_that_are_for_archives_are_set_and_others_noted) {
  TarBuilder tar;
  tar.pax("SCHILY.xattr.user.note", "value");
  for (const char* name :
       {"user.overlay.redirect", "user.overlay.opaque", "user.overlay.metacopy", "user.fuseoverlayfs.opaque",
        "user.containers.override_stat", "trusted.overlay.opaque", "security.selinux"})
    tar.pax(std::string("SCHILY.xattr.") + name, "y");
  tar.directory("d");
  const Extracted result = unpack(tar.finish());
  char value[16] = {};
  EXPECT_EQ(::getxattr((top_ / "tree/d").c_str(), "user.note", value, sizeof value), 5);
  EXPECT_EQ(::listxattr((top_ / "tree/d").c_str(), nullptr, 0), static_cast<ssize_t>(sizeof "user.note"));
  // The marks of overlayfs are nobody's loss.
  EXPECT_EQ(result.notes,
            std::vector<std::string>{"xattr 'security.selinux' and xattr "
                                     "'user.containers.override_stat' left out: not for archives"});
}

TEST_F(Extract, capabilities_survive_the_owner) {
  if (::geteuid() != 0) return again_as_root();
  // cap_net_raw+ep, version 2, and the same as version 3 with a root id of another namespace.
  const std::string version_2("\x01\0\0\x02\0\x20\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20);
  std::string version_3 = version_2 + std::string("\xe8\x03\0\0", 4);
  version_3[3] = '\x03';
  const std::string owner = has_several_ids() ? "0000001" : "0000000";
  TarBuilder tar;
  tar.pax("SCHILY.xattr.security.capability", version_2).add({.path = "two", .uid = owner});
  tar.pax("SCHILY.xattr.security.capability", version_3).add({.path = "three", .uid = owner});
  const Extracted result = unpack(tar.finish());
  EXPECT_TRUE(result.notes.empty());
  for (const char* name : {"two", "three"}) {
    char value[32] = {};
    ASSERT_EQ(::getxattr((top_ / "tree" / name).c_str(), "security.capability", value, sizeof value), 20);
    EXPECT_EQ(std::string(value, 20), version_2);
  }
}

TEST_F(Extract, an_empty_archive_is_an_empty_tree) {
  EXPECT_EQ(unpack("").entries, 0U);
  EXPECT_EQ(unpack(TarBuilder().finish()).entries, 0U);
}

TEST_F(Extract, reads_to_the_end_of_the_stream) {
  const std::string tar = TarBuilder().file("a").finish() + std::string(3'000'000, '\0');
  std::size_t total = 0;
  const Source inner = from_text(tar);
  const Source counted = [&](std::span<std::byte> buffer) {
    const std::size_t count = inner(buffer);
    total += count;
    return count;
  };
  (void)extract(counted, root_.get(), {.owners = Owners::record});
  EXPECT_EQ(total, tar.size());
}

}  // namespace
}  // namespace husk::archive
