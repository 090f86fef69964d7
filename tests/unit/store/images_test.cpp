#include "libcore/store/images.hpp"

#include "libcore/store/blobs.hpp"
#include "libcore/store/gc.hpp"
#include "temporary_store.hpp"

#include <gtest/gtest.h>

namespace husk::store {
namespace {

std::vector<std::string> names(const Store& store) {
  std::vector<std::string> all;
  for (const Tag& tag : list_tags(store)) all.push_back(tag.reference ? tag.reference->familiar() : "<none>");
  return all;
}

using Names = std::vector<std::string>;

TEST(Images, AreFoundByNameAndId) {
  TemporaryStore temporary;
  const Lease lease(temporary.get());
  const Tag tag = make_image(lease, "node:20", {});
  EXPECT_EQ(find_image(temporary.get(), "node:20").image_id, tag.image_id);
  EXPECT_EQ(find_image(temporary.get(), "docker.io/library/node:20").image_id, tag.image_id);
  EXPECT_EQ(find_image(temporary.get(), tag.image_id.str()).image_id, tag.image_id);
  EXPECT_EQ(find_image(temporary.get(), tag.image_id.hex().substr(0, 12)).image_id, tag.image_id);
  EXPECT_EQ(find_image(temporary.get(), "node:20").created, "2026-01-02T03:04:05Z");
  EXPECT_NE(refusal([&] { (void)find_image(temporary.get(), "node"); }).find("no such image: 'node'"),
            std::string::npos);
  EXPECT_NE(refusal([&] { (void)find_image(temporary.get(), "No"); }).find("upper-case"), std::string::npos);
}

// The tag "b" of "a" and the repository "a/b" are a file and a directory.
TEST(Images, ATagIsNotARepository) {
  TemporaryStore temporary;
  const Lease lease(temporary.get());
  (void)make_image(lease, "a:b", {});
  (void)make_image(lease, "a/b:c", {}, "me");
  EXPECT_EQ(names(temporary.get()), (Names{"a/b:c", "a:b"}));
}

TEST(Images, LoseTheirLastTagAndStay) {
  TemporaryStore temporary;
  const Lease lease(temporary.get());
  const Tag old = make_image(lease, "app", {}, "old");
  const Tag next = make_image(lease, "app", {}, "new");
  EXPECT_EQ(names(temporary.get()), (Names{"app", "<none>"}));
  EXPECT_EQ(find_tag(temporary.get(), oci::parse_reference("app"))->previous, old.image_id);
  EXPECT_EQ(find_image(temporary.get(), old.image_id.str()).image_id, old.image_id);
  // The old one gets a name again: it is no longer untagged.
  Tag again = old;
  again.reference = oci::parse_reference("app:old");
  set_tag(lease, again);
  EXPECT_EQ(names(temporary.get()), (Names{"app", "app:old"}));
}

TEST(Images, AnotherTagKeepsThem) {
  TemporaryStore temporary;
  const Lease lease(temporary.get());
  (void)make_image(lease, "app", {}, "old");
  (void)make_image(lease, "app:1", {}, "old");
  (void)make_image(lease, "app", {}, "new");
  EXPECT_EQ(names(temporary.get()), (Names{"app:1", "app"}));
}

TEST(Images, AreRemovedByName) {
  TemporaryStore temporary;
  const Lease lease(temporary.get());
  const Tag tag = make_image(lease, "app", {});
  (void)make_image(lease, "app:1", {});
  EXPECT_NE(refusal([&] { (void)remove_image(lease, tag.image_id.str(), Force::no); }).find("has 2 names"),
            std::string::npos);
  Removal removal = remove_image(lease, "app", Force::no);
  EXPECT_EQ(removal.untagged, Names{"app"});
  EXPECT_TRUE(removal.deleted.empty());
  removal = remove_image(lease, "app:1", Force::no);
  EXPECT_EQ(removal.deleted, std::vector<oci::Digest>{tag.image_id});
  EXPECT_TRUE(list_tags(temporary.get()).empty());
  EXPECT_FALSE(std::filesystem::exists(temporary.store_path() / "refs/docker.io"));
}

// An image of another platform that nothing but the index of "app" names, and what an index may name besides.
TEST(Images, AreKeptByTheIndexOfAName) {
  TemporaryStore temporary;
  const oci::Digest absent = *oci::Digest::parse("sha256:" + std::string(64, '0'));
  std::optional<oci::Digest> layer;
  std::optional<Tag> other, app;
  {
    const Lease lease(temporary.get());
    layer = make_layer(lease, "file", "content").diff_id;
    oci::ImageConfig config;
    config.platform = {"linux", "s390x", ""};
    config.diff_ids = {*layer};
    other = write_documents(lease, config, {});
    app = make_image(lease, "app", {});
    oci::Descriptor no_image = app->manifest;
    no_image.digest = app->image_id;
    oci::Descriptor not_here = app->manifest;
    not_here.digest = absent;
    const oci::Index index{.media_type = oci::media_type::index,
                           .manifests = {no_image, not_here, app->manifest, other->manifest}};
    app->index = write_blob(lease, oci::print_index(index), index.media_type);
    set_tag(lease, *app);
  }
  const auto variants = [&] {
    std::vector<oci::Digest> ids;
    for (const Tag& each : list_variants(temporary.get(), *app)) ids.push_back(each.image_id);
    return ids;
  };
  EXPECT_EQ(variants(), (std::vector{app->image_id, other->image_id}));
  const Garbage garbage = collect_garbage(temporary.get());
  EXPECT_TRUE(garbage.layers.empty() && garbage.blobs.empty());
  EXPECT_EQ(variants(), (std::vector{app->image_id, other->image_id}));
  {
    const Lease lease(temporary.get());
    app->index.reset();
    set_tag(lease, *app);
  }
  EXPECT_EQ(collect_garbage(temporary.get()).layers.size(), 1U);
}

TEST(Images, OneDamagedFileHidesNoOther) {
  TemporaryStore temporary;
  const Lease lease(temporary.get());
  (void)make_image(lease, "app", {});
  (void)make_image(lease, "bad", {});
  std::ofstream(temporary.store_path() / "refs/docker.io/library/bad/:latest") << "{";
  EXPECT_EQ(names(temporary.get()), Names{"app"});
  ASSERT_EQ(temporary.warnings().size(), 1U);
  EXPECT_NE(temporary.warnings()[0].find("bad/:latest"), std::string::npos);
}

}  // namespace
}  // namespace husk::store
