#include "libcore/archive/merge_layers.hpp"

#include "libcore/archive/pack.hpp"
#include "tests/unit/archive/sandbox.hpp"
#include "tests/unit/archive/tar_builder.hpp"

namespace husk::archive {
namespace {

/// Layers, each made of a tar, and the sandbox's tree to merge them in.
class MergeLayers : public Sandbox {
 protected:
  void SetUp() override {
    Sandbox::SetUp();
    std::string name = (std::filesystem::temp_directory_path() / "husk-layers.XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    places_ = name;
  }
  void TearDown() override {
    remove(places_);
    Sandbox::TearDown();
  }

  Fd make_directory(const std::string& name) {
    const std::filesystem::path path = places_ / name;
    EXPECT_EQ(::mkdir(path.c_str(), 0755), 0);
    return Fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  }

  int layer(const std::string& tar) {
    layers_.push_back(make_directory(cat("layer-", layers_.size())));
    (void)extract(from_text(tar), layers_.back().get(), {.owners = Owners::record});
    return layers_.back().get();
  }

  /// LAYER over what the tree has.
  void add(int layer) {
    std::string tar;
    make_way(root_.get(), layer);
    (void)pack(layer, to_text(tar), {.root_owns_all = true});
    (void)unpack(tar, {.owners = Owners::record});
  }

  /// What is in the tree, with the marks as a tar has them.
  std::string names() {
    std::string tar, list;
    (void)pack(root_.get(), to_text(tar), {.root_owns_all = true});
    (void)extract(from_text(tar), make_directory("plain").get(),
                  {.whiteouts = Whiteouts::literal, .owners = Owners::record});
    std::vector<std::string> all;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(places_ / "plain"))
      all.push_back(entry.path().lexically_relative(places_ / "plain"));
    remove(places_ / "plain");
    std::sort(all.begin(), all.end());
    for (const std::string& name : all) list += name + " ";
    return list;
  }

  std::filesystem::path places_;
  std::vector<Fd> layers_;
};

TEST_F(MergeLayers, what_layers_show) {
  const int low = layer(TarBuilder().file("a/b").file("f").file("x/y").file("gone").directory("d").finish());
  const int high = layer(TarBuilder()
                             .file("a/c")
                             .file(".wh.gone", "")
                             .file("x/.wh..wh..opq", "")
                             .file("d/.wh..wh..opq", "")
                             .finish());
  const std::vector<int> both = {high, low};
  EXPECT_EQ(look_up(both, "a"), Shown::directory);
  EXPECT_EQ(look_up(both, "a/b"), Shown::other);
  EXPECT_EQ(look_up(both, "a/c"), Shown::other);
  EXPECT_EQ(look_up(both, "gone"), Shown::nothing);
  EXPECT_EQ(look_up({low}, "gone"), Shown::other);
  EXPECT_EQ(look_up(both, "x/y"), Shown::nothing);
  EXPECT_EQ(look_up(both, "d"), Shown::directory);
  EXPECT_EQ(look_up(both, "f/g"), Shown::nothing);
  EXPECT_EQ(look_up({}, "f"), Shown::nothing);
}

TEST_F(MergeLayers, what_is_above_wins) {
  add(layer(
      TarBuilder().file("d/old").file("gone/x").file("f").file("o/old").file("was-directory/x").finish()));
  add(layer(TarBuilder()
                .file("d/new")
                .file(".wh.gone", "")
                .file("f", "other")
                .file("o/.wh..wh..opq", "")
                .file("o/new")
                .file("was-directory")
                .finish()));
  EXPECT_EQ(names(), ".wh.gone d d/new d/old f o o/.wh..wh..opq o/new was-directory ");
  EXPECT_EQ(content("f"), "other");
}

TEST_F(MergeLayers, a_directory_in_the_place_of_something_hides_what_is_below) {
  add(layer(TarBuilder().file("file").file(".wh.gone", "").finish()));
  add(layer(TarBuilder().file("file/x").file("gone/x").finish()));
  EXPECT_EQ(names(), "file file/.wh..wh..opq file/x gone gone/.wh..wh..opq gone/x ");
}

TEST_F(MergeLayers, marks_that_hide_nothing_go) {
  const int base = layer(TarBuilder().file("there").file("d/there").file("o/x").file("plain").finish());
  add(layer(TarBuilder()
                .file(".wh.there", "")
                .file(".wh.not", "")
                .file("d/.wh.there", "")
                .file("d/.wh.not", "")
                .file("o/.wh..wh..opq", "")
                .file("new/.wh..wh..opq", "")
                .file("plain/.wh..wh..opq", "")
                .finish()));
  const auto time = status("d").st_mtim;
  drop_idle_marks(root_.get(), {base});
  EXPECT_EQ(names(), ".wh.there d d/.wh.there new o o/.wh..wh..opq plain ");
  EXPECT_EQ(status("d").st_mtim.tv_nsec, time.tv_nsec);
}

TEST_F(MergeLayers, hard_links_stay_within_their_layer) {
  add(layer(TarBuilder().file("a").link("b", "a").finish()));
  EXPECT_EQ(status("a").st_ino, status("b").st_ino);
  add(layer(TarBuilder().file("b", "other").link("c", "b").finish()));
  EXPECT_EQ(status("a").st_nlink, 1);
  EXPECT_EQ(status("b").st_ino, status("c").st_ino);
  EXPECT_EQ(content("a"), "content");
}

}  // namespace
}  // namespace husk::archive
