#include "libcore/store/attestations.hpp"

#include "libcore/base/sys.hpp"
#include "libcore/store/blobs.hpp"
#include "libcore/store/gc.hpp"
#include "temporary_store.hpp"

#include <gtest/gtest.h>

namespace husk::store {
namespace {

class Attestations : public testing::Test {
 protected:
  // An image with an index of it and of MORE.
  Tag make(std::vector<oci::Descriptor> more) {
    Tag tag = make_image(*lease_, "app", {});
    oci::Index index{.media_type = oci::media_type::index, .manifests = {tag.manifest}};
    index.manifests.insert(index.manifests.end(), more.begin(), more.end());
    tag.index = write_blob(*lease_, oci::print_index(index), index.media_type);
    tag.reference = oci::parse_reference("app");
    set_tag(*lease_, tag);
    return tag;
  }
  oci::Descriptor attest(const oci::Digest& subject) const {
    return write_attestation(*lease_, subject,
                             {oci::statement_layer(write_blob(*lease_, R"({"subject":[]})", ""), "type")});
  }
  const Store& store() { return temporary_.get(); }
  bool has(const oci::Digest& digest) { return find_blob(store(), digest).has_value(); }

  TemporaryStore temporary_;
  std::optional<Lease> lease_{temporary_.get()};
};

TEST_F(Attestations, AreKeptWithTheImageAndAreNoImages) {
  const oci::Digest subject = make_image(*lease_, "other", {}).manifest.digest;
  const Tag tag = make({attest(subject)});
  const auto all = list_attestations(store(), tag);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_FALSE(all[0].missing);
  EXPECT_EQ(oci::subject_of(all[0].entry), subject);
  EXPECT_EQ(list_variants(store(), tag).size(), 1U);
  lease_.reset();
  (void)collect_garbage(store());
  EXPECT_TRUE(has(all[0].entry.digest));
  EXPECT_TRUE(has(all[0].manifest.config.digest));
  EXPECT_TRUE(has(all[0].manifest.layers.at(0).digest));
}

TEST_F(Attestations, WhatTheyNeedAndIsNotHere) {
  const Tag tag = make({attest(make_image(*lease_, "other", {}).manifest.digest)});
  const oci::Digest statement = list_attestations(store(), tag).at(0).manifest.layers.at(0).digest;
  EXPECT_TRUE(sys::try_unlink_at(store().directory(), cat("blobs/sha256/", statement.hex()), 0));
  EXPECT_EQ(list_attestations(store(), tag).at(0).missing, statement);
}

TEST_F(Attestations, WhatIsCalledOneAndIsNone) {
  const Tag image = make_image(*lease_, "other", {});
  const oci::Descriptor absent{.media_type = oci::media_type::manifest,
                               .digest = *oci::Digest::parse("sha256:" + std::string(64, 'a'))};
  const oci::Descriptor text = write_blob(*lease_, "no manifest", oci::media_type::manifest);
  oci::Descriptor shorter = image.manifest;
  --shorter.size;
  std::vector<oci::Descriptor> more;
  for (const oci::Descriptor& each : {absent, text, shorter})
    more.push_back(oci::attestation_entry(each, image.manifest.digest));
  EXPECT_TRUE(list_attestations(store(), make(more)).empty());
}

}  // namespace
}  // namespace husk::store
