#include "libcore/archive/pack.hpp"

#include "tests/unit/archive/sandbox.hpp"
#include "tests/unit/archive/tar_builder.hpp"

#include "libcore/archive/tar_reader.hpp"

#include <sys/socket.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/xattr.h>

namespace husk::archive {
namespace {

class Pack : public Sandbox {
 protected:
  std::string packed(const PackOptions& options = {}) {
    std::string tar;
    notes_ = pack(root_.get(), to_text(tar), options);
    return tar;
  }

  static std::vector<TarEntry> entries(const std::string& tar) {
    std::vector<TarEntry> list;
    TarReader reader(from_text(tar));
    while (const TarEntry* const entry = reader.next()) list.push_back(*entry);
    return list;
  }

  static std::vector<std::string> paths(const std::string& tar) {
    std::vector<std::string> list;
    for (const TarEntry& entry : entries(tar)) list.push_back(entry.path);
    return list;
  }

  void write(const std::string& path, const std::string& text) {
    std::ofstream(top_ / "tree" / path) << text;
  }

  std::vector<std::string> notes_;
};

TEST_F(Pack, what_was_unpacked_comes_back_and_unpacks_the_same) {
  TarBuilder tar;
  tar.directory("d", 0511)
      .file("d/f", std::string(1'000'000, 'x'))
      .symlink("d/s", std::string(300, 't'))
      .link("d/z", "d/f");
  tar.fifo("p").pax("mtime", "7.000000001").file("precise").file("d/.wh.gone", "").file("o/.wh..wh..opq", "");
  tar.pax("SCHILY.xattr.user.a", std::string("binary\0\n", 8))
      .directory("x")
      .file("caf\xe9")
      .pax("path", "caf\xc3\xa9")
      .file("u");
  tar.symlink("l1", "f").link("l2", "l1");
  (void)unpack(tar.finish());
  const std::string first = packed();
  const std::vector<std::string> wanted{"caf\xc3\xa9", "caf\xe9", "d/", "d/f", "d/.wh.gone",     "d/s",
                                        "d/z",         "l1",      "l2", "o/",  "o/.wh..wh..opq", "p",
                                        "precise",     "x/"};
  EXPECT_EQ(paths(first), wanted);
  const std::string before = look(top_ / "tree");
  make_tree();
  (void)unpack(first);
  EXPECT_EQ(packed(), first);
  EXPECT_EQ(status("precise").st_mtim.tv_nsec, 1);
  EXPECT_EQ(status("d/f").st_ino, status("d/z").st_ino);
  EXPECT_EQ(status("l1").st_ino, status("l2").st_ino);
  char value[16] = {};
  EXPECT_EQ(::getxattr((top_ / "tree/x").c_str(), "user.a", value, sizeof value), 8);
}

TEST_F(Pack, plain_files_need_no_pax_header) {
  (void)unpack(TarBuilder().file("a", "1").directory("d").symlink("s", "a").finish());
  EXPECT_EQ(packed().size(), 3 * 512U + 512U + 1024U);
}

TEST_F(Pack, names_of_any_bytes_come_back) {
  const std::vector<std::string> names{"a",
                                       "caf\xc3\xa9",
                                       "caf\x65\xcc\x81",           // not normalised
                                       "caf\xe9",                   // Latin 1
                                       "\xed\xa0\xbd\xed\xb8\x80",  // CESU-8
                                       "\xf0\x9f\x98\x80",          // the same in UTF-8
                                       "\xc0\xaf",
                                       "new\nline",
                                       "\x01\xff",
                                       std::string(120, '\xe9'),
                                       std::string(100, 'y') + "\xc3\xa9"};
  for (const std::string& name : names) {
    write(name, name);
    std::filesystem::create_symlink(name, top_ / "tree" / ("link" + name));
  }
  const std::string tar = packed();
  make_tree();
  (void)unpack(tar);
  for (const std::string& name : names) {
    EXPECT_EQ(content(name), name);
    EXPECT_EQ(std::filesystem::read_symlink(top_ / "tree" / ("link" + name)).native(), name);
  }
  EXPECT_EQ(packed(), tar);
}

TEST_F(Pack, does_not_depend_on_the_order_of_the_directory) {
  (void)unpack(TarBuilder().file("a").file("b").file("c").directory(".").finish());
  const std::string first = packed();
  make_tree();
  (void)unpack(TarBuilder().file("c").file("b").file("x").file("a").directory(".").finish());
  std::filesystem::remove(top_ / "tree/x");
  EXPECT_EQ(packed(), first);
}

TEST_F(Pack, marks_and_overlay_xattrs_are_taken_as_literal_files_where_asked) {
  (void)unpack(TarBuilder().file(".wh.gone", "").file("o/.wh..wh..opq", "").finish());
  EXPECT_EQ(paths(packed()), (std::vector<std::string>{".wh.gone", "o/", "o/.wh..wh..opq"}));
  const auto literal = entries(packed({.whiteouts = Whiteouts::literal}));
  ASSERT_EQ(literal.size(), 2U);
  EXPECT_EQ(literal[0].kind, TarEntry::Kind::device);
  EXPECT_TRUE(literal[1].xattrs.empty());
}

TEST_F(Pack, names_that_look_like_marks_do_not_make_an_archive_that_can_not_be_unpacked) {
  write(".wh.", "x");
  write(".wh..wh.x", "x");
  std::filesystem::create_directory(top_ / "tree/.wh.d");
  write(".wh.d/inner", "x");
  write(".wh.fuse", "");
  EXPECT_EQ(paths(packed()), (std::vector<std::string>{".wh.fuse"}));
  EXPECT_EQ(notes_.size(), 3U);
}

TEST_F(Pack, owners_that_were_recorded_are_written) {
  (void)unpack(TarBuilder().file("a").file("b").file("d/c").finish(), {.owners = Owners::record});
  const auto list = entries(packed({.owners = {{"b", 5, 6}, {"d", 7, 8}}, .root_owns_all = true}));
  ASSERT_EQ(list.size(), 4U);
  EXPECT_EQ(list[0].uid, 0);
  EXPECT_EQ(list[1].uid, 5);
  EXPECT_EQ(list[1].gid, 6);
  EXPECT_EQ(list[2].gid, 8);
  EXPECT_EQ(list[3].uid, 0);
}

TEST_F(Pack, large_ids_and_sizes_fit) {
  write("a", "x");
  const auto list = entries(packed({.owners = {{"a", 4'294'967'294, 4'294'967'293}}}));
  EXPECT_EQ(list.at(0).uid, 4'294'967'294);
  EXPECT_EQ(list.at(0).gid, 4'294'967'293);
}

TEST_F(Pack, sockets_are_left_out_and_said) {
  const Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = (top_ / "tree/s").string();
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  EXPECT_TRUE(paths(packed()).empty());
  EXPECT_EQ(notes_.size(), 1U);
}

TEST_F(Pack, a_prefix_is_the_path_of_the_top) {
  (void)unpack(TarBuilder().file("d/f").file("g").link("h", "g").finish());
  EXPECT_EQ(paths(packed({.prefix = "new"})),
            (std::vector<std::string>{"new/", "new/d/", "new/d/f", "new/g", "new/h"}));
  EXPECT_EQ(entries(packed({.prefix = "new"})).back().link, "new/g");
  std::string one;
  (void)pack_entry(root_.get(), "g", to_text(one), {.prefix = "other"});
  EXPECT_EQ(paths(one), std::vector<std::string>{"other"});
}

TEST_F(Pack, a_sink_that_fails_ends_it_with_its_own_error) {
  write("a", std::string(1'000'000, 'x'));
  const Sink full = [](std::span<const std::byte>) { throw Error("disk full"); };
  try {
    (void)pack(root_.get(), full, {});
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("disk full"), std::string::npos);
  }
}

TEST_F(Pack, a_file_as_root_of_a_deep_tree_and_an_empty_tree) {
  EXPECT_EQ(packed().size(), 1024U);
  std::string deep = "d";
  for (int i = 0; i < 200; ++i) deep += "/d";
  (void)unpack(TarBuilder().file(deep + "/f").finish());
  EXPECT_EQ(entries(packed()).size(), 202U);
}

}  // namespace
}  // namespace husk::archive
