#include "libcore/store/cache_mounts.hpp"

#include "tests/unit/store/temporary_store.hpp"

#include <gtest/gtest.h>
#include <filesystem>
#include <fstream>

using namespace husk;
using namespace husk::store;
namespace fs = std::filesystem;

namespace {

class CacheMountsTest : public testing::Test {
 protected:
  CacheMount open(const CacheMountKey& key, CacheSharing sharing = CacheSharing::shared) {
    return open_cache_mount(
        lease_, key, sharing, [&](const fs::path&) { ++filled_; }, [] { throw Error("in use"); });
  }

  TemporaryStore store_;
  Lease lease_{store_.get()};
  int filled_ = 0;
};

const CacheMountKey apt{.id = "/var/cache/apt"};

}  // namespace

TEST(CacheMountKey, IsNeverAPath) {
  const std::string plain = CacheMountKey{.id = "a"}.name();
  EXPECT_EQ(plain.size(), 64U);
  for (const CacheMountKey& other :
       {CacheMountKey{.id = "b"}, CacheMountKey{.id = "a", .variant = "v"},
        CacheMountKey{.id = "", .variant = "a"},
        CacheMountKey{.id = "a", .map = userns::MapKind::subordinate}, CacheMountKey{.id = "../../../etc"},
        CacheMountKey{.id = std::string("a\0", 2)}}) {
    EXPECT_NE(other.name(), plain) << other.id;
    EXPECT_EQ(other.name().find_first_not_of("0123456789abcdef"), std::string::npos);
  }
}

TEST_F(CacheMountsTest, KeepsWhatIsWrittenToIt) {
  std::ofstream(open(apt).tree() / "file") << "kept";
  EXPECT_TRUE(fs::exists(open(apt).tree() / "file"));
  EXPECT_FALSE(fs::exists(open({.id = "other"}).tree() / "file"));
  EXPECT_EQ(filled_, 2);
  EXPECT_EQ(fs::status(open(apt).tree()).permissions(), fs::perms(0755));
}

TEST_F(CacheMountsTest, IsSharedLockedOrDoubled) {
  const CacheMount first = open(apt), second = open(apt);
  EXPECT_EQ(first.tree(), second.tree());
  EXPECT_EQ(refusal([&] { (void)open(apt, CacheSharing::locked); }), "in use");
  const CacheMount third = open(apt, CacheSharing::own), fourth = open(apt, CacheSharing::own);
  EXPECT_NE(third.tree(), first.tree());
  EXPECT_NE(fourth.tree(), third.tree());
  EXPECT_EQ(filled_, 3);
  EXPECT_EQ(list_cache_mounts(store_.get()).size(), 3U);
}

TEST_F(CacheMountsTest, WaitsUntilTheOtherOneIsDone) {
  std::optional<CacheMount> first = open(apt, CacheSharing::locked);
  int waited = 0;
  const CacheMount second = open_cache_mount(
      lease_, apt, CacheSharing::shared, [](const fs::path&) {},
      [&] {
        if (++waited == 3) first.reset();
      });
  EXPECT_EQ(waited, 3);
}

TEST_F(CacheMountsTest, IsNotThereIfItCouldNotBeFilled) {
  EXPECT_EQ(refusal([&] {
              (void)open_cache_mount(
                  lease_, apt, CacheSharing::shared, [](const fs::path&) { throw Error("no"); }, [] {});
            }),
            "no");
  EXPECT_TRUE(list_cache_mounts(store_.get()).empty());
}

TEST_F(CacheMountsTest, CanBeReplacedAndRemoved) {
  std::optional<CacheMount> mount = open(apt);
  std::ofstream(mount->tree() / "old") << "old";
  const auto fill = [](const fs::path& tree) { std::ofstream(tree / "new") << "new"; };
  EXPECT_EQ(refusal([&] { replace_cache_mount(lease_, apt, fill, [] { throw Error("in use"); }); }),
            "in use");
  EXPECT_FALSE(remove_cache_mount(store_.get(), apt.name()));
  mount.reset();
  replace_cache_mount(lease_, apt, fill, {});
  mount.emplace(open(apt));
  EXPECT_TRUE(fs::exists(mount->tree() / "new"));
  EXPECT_FALSE(fs::exists(mount->tree() / "old"));
  mount.reset();
  EXPECT_TRUE(remove_cache_mount(store_.get(), apt.name()));
  EXPECT_FALSE(remove_cache_mount(store_.get(), apt.name()));
  EXPECT_TRUE(list_cache_mounts(store_.get()).empty());
  EXPECT_TRUE(fs::is_empty(store_.store_path() / "trash"));
}

TEST_F(CacheMountsTest, AreListedWithWhatTheyAre) {
  const CacheMountKey odd{.id = "a\nb", .variant = "uid=5"};
  (void)open(odd);
  const auto all = list_cache_mounts(store_.get());
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].key.id, odd.id);
  EXPECT_EQ(all[0].key.variant, odd.variant);
  EXPECT_EQ(all[0].name, odd.name());
  EXPECT_GT(all[0].used, 0);
  EXPECT_FALSE(all[0].created.empty());
}
