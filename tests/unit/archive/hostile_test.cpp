#include "tests/unit/archive/sandbox.hpp"
#include "tests/unit/archive/tar_builder.hpp"

#include <dirent.h>
#include <sys/xattr.h>
#include <functional>
#include <vector>

// Archives that want out of the tree. Whatever they say, TearDown() looks at the canaries beside it.

namespace husk::archive {
namespace {

using Hostile = Sandbox;

/// Every kind of entry at PATH, each alone in an archive.
std::vector<std::string> every_kind(const std::string& path) {
  std::vector<std::string> tars;
  tars.push_back(TarBuilder().file(path).finish());
  tars.push_back(TarBuilder().directory(path, 0777).finish());
  tars.push_back(TarBuilder().symlink(path, "/etc").finish());
  tars.push_back(TarBuilder().file("own").link(path, "own").finish());
  tars.push_back(TarBuilder().fifo(path).finish());
  tars.push_back(TarBuilder().add({.path = path, .type = '3', .major = 1, .minor = 3}).finish());
  return tars;
}

TEST_F(Hostile, paths_that_lead_out_are_refused_or_stay_in) {
  const std::string absolute = (top_ / "canary/file").string();
  // Those with ".." lead out and are refused; the absolute ones mean the tree.
  const std::vector<std::string> paths{"../canary/file",
                                       "./../canary/file",
                                       "././../canary/file",
                                       ".//../canary/file",
                                       "..//canary/file",
                                       "..///canary//file",
                                       "../canary/./file",
                                       "../canary/file/",
                                       "../canary/file/.",
                                       "../canary/new",
                                       "../canary/new/",
                                       "../canary/dir/inner",
                                       "../canary/dir/new/deeper",
                                       "../canary/dir/../file",
                                       "../canary",
                                       "../canary/",
                                       "../tree/../canary/file",
                                       "../../canary/file",
                                       "../../../../../../../../../../../../etc/husk-was-here",
                                       "a/../../canary/file",
                                       "a/./../../canary/dir/inner",
                                       "a/.././../canary/file",
                                       "a//../../canary/file",
                                       "a/b/../../../canary/file",
                                       "a/b/../../../canary/new",
                                       "a/../b/../../canary/file",
                                       "a/../a/../a/../../canary/file",
                                       "/../canary/file",
                                       "//../canary/file",
                                       "/./../canary/file",
                                       "/a/../../canary/file",
                                       "./a/../../canary/file",
                                       "..",
                                       "../",
                                       "../.",
                                       "./..",
                                       "/..",
                                       "a/../..",
                                       "a/../../",
                                       "a/b/../../..",
                                       absolute,
                                       "/" + absolute,
                                       "./" + absolute,
                                       ".//" + absolute,
                                       absolute + "/"};
  for (const std::string& path : paths) {
    for (const std::string& tar : every_kind(path)) {
      make_tree();
      const std::string message = refusal(tar);
      if (path.find("..") != std::string::npos) {
        EXPECT_NE(message.find("leads out"), std::string::npos) << path;
      }
    }
    make_tree();
    for (const auto whiteout : {"/.wh.file", "/.wh..wh..opq"})
      (void)refusal(TarBuilder().file(path + whiteout, "").finish());
  }
}

TEST_F(Hostile, nothing_is_written_through_a_symbolic_link_to_the_outside) {
  for (const std::string& target :
       {(top_ / "canary").string(), std::string("../canary"),
        std::string("../../../../..") + (top_ / "canary").string(),
        std::string("/proc/self/root") + (top_ / "canary").string(), std::string("/proc/self/cwd")}) {
    for (const char* name : {"ln/file", "ln/new", "ln/dir/inner", "ln/dir", "ln/dir/../file", "ln/.wh.file",
                             "ln/.wh..wh..opq", "ln/dir/.wh.inner"}) {
      for (const auto& tail : every_kind(name)) {
        make_tree();
        (void)refusal(TarBuilder().symlink("ln", target).bytes() + tail);
      }
    }
  }
}

TEST_F(Hostile, the_last_component_is_not_followed) {
  const std::string file = (top_ / "canary/file").string();
  for (const auto& tail : every_kind("ln")) {
    make_tree();
    EXPECT_EQ(refusal(TarBuilder().symlink("ln", file).bytes() + tail).find("outside"), std::string::npos);
    make_tree();
    (void)refusal(TarBuilder().symlink("ln", "../canary").bytes() + tail);
  }
  // Another archive into the same tree, as a second layer would be into a merged one.
  make_tree();
  (void)unpack(TarBuilder().symlink("ln", file).symlink("dir", "../canary").finish());
  EXPECT_EQ(refusal(TarBuilder().file("ln", "mine").finish()), "");
  EXPECT_EQ(content("ln"), "mine");
  EXPECT_NE(refusal(TarBuilder().file("dir/file", "mine").finish()), "");
}

TEST_F(Hostile, an_absolute_link_means_the_tree) {
  (void)unpack(TarBuilder().directory("etc").symlink("ln", "/etc").file("ln/passwd", "mine").finish());
  EXPECT_EQ(content("etc/passwd"), "mine");
}

TEST_F(Hostile, the_top_stays_a_directory) {
  for (const char* top : {"/", ".", "./", "/.", "a/.."}) {
    for (const char type : {'0', '1', '2', '3', '6'}) {
      make_tree();
      TarBuilder tar;
      tar.add({.path = top, .type = type, .link = type == '2' ? "../canary" : "", .major = 1});
      // A name that ends in "/" is a directory to libarchive if the type is that of a file: then it sets
      // attributes.
      (void)refusal(tar.file("file").finish());
      EXPECT_TRUE(std::filesystem::is_directory(std::filesystem::symlink_status(top_ / "tree")));
    }
  }
  make_tree();
  (void)unpack(TarBuilder().directory(".", 0711).finish());
  EXPECT_EQ(status(".").st_mode & 07777, 0711U);
}

TEST_F(Hostile, late_attributes_do_not_reach_what_a_directory_was_replaced_with) {
  const std::string outside = (top_ / "canary/dir").string();
  for (const std::string& target : {outside, std::string("../canary/dir"), std::string("other")}) {
    make_tree();
    TarBuilder tar;
    tar.directory("other", 0700).directory("d", 0777).directory("d/inner", 0777);
    tar.symlink("d", target).directory("other/inner", 0711);
    (void)unpack(tar.finish());
    EXPECT_EQ(status("other").st_mode & 07777, 0700U);
    EXPECT_EQ(status("other/inner").st_mode & 07777, 0711U);
  }
}

TEST_F(Hostile, hard_links_lead_only_to_files_of_the_archive) {
  const std::string file = (top_ / "canary/file").string();
  std::ofstream(top_ / "tree/lower") << "made by somebody else";
  const std::vector<std::string> targets{
      file,    "../canary/file", "/../canary/file", "ln/file", "ln", "nothing",
      "lower", "./lower",        "later",           "",        ".",  "/",
      "dir",   "dirln/../lower"};
  for (const std::string& target : targets) {
    TarBuilder tar;
    tar.symlink("ln", "../canary").symlink("dirln", "dir").directory("dir").link("h", target).file("later");
    const std::string message = refusal(tar.finish());
    // A link to a link of the archive is that link once more.
    EXPECT_EQ(message.empty(), target == "ln") << target;
  }
  EXPECT_EQ(status("lower").st_nlink, 1U);
}

TEST_F(Hostile, a_link_to_a_link_is_not_followed) {
  (void)unpack(TarBuilder()
                   .symlink("deep/er/ln", "../../../canary/file")
                   .link("ln", "deep/er/ln")
                   .file("ln", "mine")
                   .finish());
  EXPECT_EQ(content("ln"), "mine");
  EXPECT_TRUE(S_ISLNK(status("deep/er/ln").st_mode));
  EXPECT_NE(refusal(TarBuilder().link("self", "self").finish()), "");
}

TEST_F(Hostile, invalid_whiteouts_are_refused_and_touch_nothing) {
  for (const char* path : {".wh.", "victim/.wh.", "victim/.wh..", "victim/.wh...", "victim/.wh..wh.", ".wh./",
                           ".wh..", ".wh...", ".wh.x/y", "victim/.wh.f/y", "victim/.wh..wh..opq/x"}) {
    make_tree();
    EXPECT_NE(refusal(TarBuilder().directory("victim").file("victim/f").file(path, "").finish())
                  .find("invalid whiteout"),
              std::string::npos)
        << path;
    EXPECT_EQ(content("victim/f"), "content") << path;
  }
  for (const char type : {'1', '2', '3', '5', '6'}) {
    make_tree();
    EXPECT_NE(
        refusal(
            TarBuilder().file("f").add({.path = ".wh.x", .type = type, .link = "f", .major = 1}).finish()),
        "")
        << type;
    EXPECT_NE(refusal(TarBuilder()
                          .file("f")
                          .add({.path = ".wh..wh..opq", .type = type, .link = "f", .major = 1})
                          .finish()),
              "")
        << type;
  }
  EXPECT_EQ(refusal(TarBuilder().file(".wh..wh.plnk/1.2").directory(".wh..wh.orph").finish()), "");
  EXPECT_FALSE(exists(".wh..wh.plnk"));
}

TEST_F(Hostile, overlay_metadata_can_not_be_smuggled_in) {
  EXPECT_NE(refusal(TarBuilder().add({.path = "passwd", .type = '3'}).finish()).find("device 0:0"),
            std::string::npos);
  make_tree();
  const Extracted result = unpack(TarBuilder().add({.path = "disk", .type = '4', .major = 8}).finish());
  EXPECT_FALSE(exists("disk"));
  EXPECT_EQ(result.notes.size(), 1U);
}

TEST_F(Hostile, ids_are_checked) {
  for (const std::string& id : {std::string("4294967295"), std::string("4294967296"), std::string("-1"),
                                std::string("9223372036854775807")}) {
    make_tree();
    EXPECT_NE(refusal(TarBuilder().pax("uid", id).file("f").finish(), {.owners = Owners::record}), "") << id;
    EXPECT_NE(refusal(TarBuilder().pax("gid", id).file("f").finish(), {.owners = Owners::record}), "") << id;
  }
  // Base 256, negative and too large.
  for (const char first : {'\xff', '\x80'}) {
    make_tree();
    const std::string field = first + std::string(7, first == '\x80' ? '\x7f' : '\xff');
    EXPECT_NE(refusal(TarBuilder().add({.path = "f", .uid = field}).finish(), {.owners = Owners::record}),
              "");
  }
  make_tree();
  EXPECT_EQ(refusal(TarBuilder().pax("uid", "4294967294").file("f").finish(), {.owners = Owners::record}),
            "");
}

TEST_F(Hostile, limits_are_kept) {
  TarBuilder many;
  for (int i = 0; i < 20; ++i) many.file("f" + std::to_string(i));
  EXPECT_NE(refusal(many.finish(), {.max_entries = 19}).find("more than 19 entries"), std::string::npos);
  EXPECT_NE(refusal(many.finish(), {.max_bytes = 139}).find("larger than 139 bytes"), std::string::npos);
  EXPECT_EQ(refusal(many.finish(), {.max_entries = 20, .max_bytes = 140}), "");

  TarBuilder sparse;
  std::string map = "1\n0\n4\n";
  map.resize(512);
  sparse.pax("GNU.sparse.major", "1").pax("GNU.sparse.minor", "0").pax("GNU.sparse.name", "huge");
  sparse.pax("GNU.sparse.realsize", "1099511627777").file("x", map + "data");
  EXPECT_NE(refusal(sparse.finish()).find("larger than"), std::string::npos);

  EXPECT_NE(refusal(TarBuilder().file(std::string(300, 'x')).finish()), "");
  EXPECT_NE(refusal(TarBuilder().file(std::string(5000, 'x')).finish()), "");
  EXPECT_NE(refusal(TarBuilder().pax("SCHILY.xattr.user.big", std::string(70'000, 'x')).file("f").finish()),
            "");
  EXPECT_NE(refusal(TarBuilder().pax("comment", std::string(5'000'000, 'x')).file("f").finish()), "");
  TarBuilder xattrs;
  for (int i = 0; i < 300; ++i) xattrs.pax("SCHILY.xattr.user." + std::to_string(i), "x");
  EXPECT_NE(refusal(xattrs.file("f").finish()).find("256 xattrs"), std::string::npos);
  EXPECT_NE(refusal(TarBuilder().add({.path = "f", .size = "77777777777"}).finish()), "");
  EXPECT_NE(refusal(TarBuilder().add({.path = "f", .size = std::string(12, '\xff')}).finish()), "");
}

TEST_F(Hostile, other_formats_are_refused) {
  for (const std::string& text :
       {std::string("Rar!\x1a\x07\x01"), std::string("PK\x03\x04"), std::string("7z\xbc\xaf\x27\x1c"),
        std::string("070707"), std::string("#mtree\n./x type=file\n"), std::string("!<arch>\n"),
        std::string(4096, 'x')})
    EXPECT_NE(refusal(text + std::string(2048, '\0')), "");
}

std::size_t open_descriptors() {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {}));
}

TEST_F(Hostile, damage_anywhere_is_survived_without_a_trace) {
  TarBuilder tar;
  tar.directory("d", 0711)
      .file("d/f", std::string(3000, 'x'))
      .symlink("d/s", "f")
      .link("d/h", "d/f")
      .file("d/.wh.x", "");
  tar.pax("SCHILY.xattr.user.a", "b")
      .pax("mtime", "1.5")
      .file("y")
      .file(std::string(150, 'n'))
      .file("z/../z2");
  const std::string whole = tar.finish();
  make_tree();
  const std::size_t before = open_descriptors();
  for (std::size_t at = 0; at < whole.size(); at += 7) {
    make_tree();
    (void)refusal(whole.substr(0, at));
    for (const char change : {'\x01', '\x80', '\x7f'}) {
      std::string damaged = whole;
      damaged[at] = static_cast<char>(damaged[at] ^ change);
      (void)refusal(damaged);
    }
  }
  EXPECT_EQ(open_descriptors(), before);
  EXPECT_NE(refusal(whole.substr(0, 1500)), "");
}

}  // namespace
}  // namespace husk::archive
