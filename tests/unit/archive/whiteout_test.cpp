#include "tests/unit/archive/sandbox.hpp"
#include "tests/unit/archive/tar_builder.hpp"

#include <sys/xattr.h>

namespace husk::archive {
namespace {

class WhiteoutEntries : public Sandbox {
 protected:
  bool is_whiteout(const std::string& path) const {
    return exists(path) && S_ISCHR(status(path).st_mode) && status(path).st_rdev == 0;
  }
  bool is_opaque(const std::string& path) const {
    char value = 0;
    return ::lgetxattr((top_ / "tree" / path).c_str(), "user.overlay.opaque", &value, 1) == 1 && value == 'y';
  }
};

TEST_F(WhiteoutEntries, become_the_marks_of_overlayfs) {
  (void)unpack(TarBuilder().file("a/.wh.gone", "").file("b/.wh..wh..opq", "").file("b/new").finish());
  EXPECT_TRUE(is_whiteout("a/gone"));
  EXPECT_TRUE(is_opaque("b"));
  EXPECT_EQ(content("b/new"), "content");
  EXPECT_FALSE(is_opaque("a"));
}

TEST_F(WhiteoutEntries, at_the_top) {
  (void)unpack(TarBuilder().file(".wh.gone", "").file(".wh..wh..opq", "").finish());
  EXPECT_TRUE(is_whiteout("gone"));
  EXPECT_TRUE(is_opaque("."));
}

TEST_F(WhiteoutEntries, hide_only_the_layers_below) {
  // Whatever stands first, what the layer itself has stays (OCI image-spec, layer.md, Whiteouts).
  const auto check = [this](const std::string& tar) {
    make_tree();
    (void)unpack(tar);
    EXPECT_EQ(content("f"), "content");
    EXPECT_EQ(content("d/inner"), "content");
    EXPECT_TRUE(is_opaque("d"));
    EXPECT_EQ(content("o/x/y"), "content");
    EXPECT_TRUE(is_opaque("o"));
  };
  check(TarBuilder()
            .file(".wh.f", "")
            .file(".wh.d", "")
            .file("o/.wh..wh..opq", "")
            .file("f")
            .directory("d")
            .file("d/inner")
            .file("o/x/y")
            .finish());
  check(TarBuilder()
            .file("f")
            .directory("d")
            .file("d/inner")
            .file("o/x/y")
            .file(".wh.f", "")
            .file(".wh.d", "")
            .file("o/.wh..wh..opq", "")
            .finish());
  // The directory is not in the archive.
  check(TarBuilder()
            .file(".wh.f", "")
            .file(".wh.d", "")
            .file("o/.wh..wh..opq", "")
            .file("f")
            .file("d/inner")
            .file("o/x/y")
            .finish());
}

TEST_F(WhiteoutEntries, are_files_where_they_mean_nothing) {
  (void)unpack(TarBuilder().file("a/.wh.gone", "").file("a/.wh..wh..opq", "x").file(".wh.", "y").finish(),
               {.whiteouts = Whiteouts::literal});
  EXPECT_TRUE(S_ISREG(status("a/.wh.gone").st_mode));
  EXPECT_EQ(content("a/.wh..wh..opq"), "x");
  EXPECT_FALSE(is_opaque("a"));
}

TEST_F(WhiteoutEntries, through_a_link_stay_in_the_tree) {
  (void)unpack(TarBuilder()
                   .directory("d")
                   .symlink("ln", "/d")
                   .file("ln/.wh.x", "")
                   .file("ln/.wh..wh..opq", "")
                   .finish());
  EXPECT_TRUE(is_whiteout("d/x"));
  EXPECT_TRUE(is_opaque("d"));
}

}  // namespace
}  // namespace husk::archive
