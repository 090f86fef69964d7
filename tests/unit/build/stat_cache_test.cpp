#include "libcore/build/stat_cache.hpp"

#include "tests/unit/build/scratch.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

using namespace husk;
using namespace husk::build;

namespace {

class StatCacheTest : public testing::Test {
 protected:
  static Sha256::Value hash(int seed) {
    Sha256::Value value{};
    value.fill(std::byte(static_cast<unsigned char>(seed)));
    return value;
  }
  // As of a file that was written SECONDS before now.
  static struct stat written(std::int64_t seconds) {
    struct stat status {};
    (void)::clock_gettime(CLOCK_REALTIME, &status.st_mtim);
    status.st_mtim.tv_sec -= seconds;
    status.st_ctim = status.st_mtim;
    status.st_size = 7;
    status.st_ino = 42;
    return status;
  }
  std::filesystem::path file() const {
    for (const auto& each : std::filesystem::directory_iterator(scratch.path() / "store/cache")) {
      if (each.path().filename().string().starts_with("stat-")) return each.path();
    }
    return {};
  }
  void fill(std::size_t count) const {
    StatCache cache(lease, root.get());
    for (std::size_t i = 0; i < count; ++i)
      cache.put("file" + std::to_string(i), old, hash(static_cast<int>(i)));
    cache.save();
  }

  Scratch scratch;
  store::Store store = store::Store::open(scratch.path() / "store", [](const std::string&) {});
  store::Lease lease{store};
  Fd root = scratch.open();
  struct stat old = written(100);
};

}  // namespace

TEST_F(StatCacheTest, KnowsWhatDidNotChange) {
  fill(200);
  StatCache cache(lease, root.get());
  for (int i = 199; i >= 0; i -= 3) {
    const auto* const found = cache.find("file" + std::to_string(i), old);
    ASSERT_NE(found, nullptr) << i;
    EXPECT_EQ(*found, hash(i));
  }
  EXPECT_EQ(cache.find("file", old), nullptr);
  EXPECT_EQ(cache.find("", old), nullptr);
  EXPECT_EQ(cache.find("zzz", old), nullptr);
  for (const auto change :
       {+[](struct stat& status) { status.st_ino += 1; }, +[](struct stat& status) { status.st_size += 1; },
        +[](struct stat& status) { status.st_mtim.tv_nsec ^= 1; },
        +[](struct stat& status) { status.st_ctim.tv_nsec ^= 1; }}) {
    struct stat other = old;
    change(other);
    EXPECT_EQ(cache.find("file1", other), nullptr);
  }
  const struct stat newer = written(50);
  cache.put("file1", newer, hash(77));
  ASSERT_NE(cache.find("file1", newer), nullptr);
  EXPECT_EQ(*cache.find("file1", newer), hash(77));
  EXPECT_EQ(cache.find("file1", old), nullptr);
}

TEST_F(StatCacheTest, WhatIsAsNewAsTheBuildIsHashedAgainByTheNext) {
  const struct stat fresh = written(-1);
  {
    StatCache cache(lease, root.get());
    cache.put("old", old, hash(1));
    cache.put("fresh", fresh, hash(2));
    EXPECT_NE(cache.find("fresh", fresh), nullptr);
    cache.save();
  }
  StatCache cache(lease, root.get());
  EXPECT_NE(cache.find("old", old), nullptr);
  EXPECT_EQ(cache.find("fresh", fresh), nullptr);
}

TEST_F(StatCacheTest, ForgetsWhatNobodyAsksFor) {
  fill(100);
  {
    StatCache cache(lease, root.get());
    for (int i = 0; i < 60; ++i) (void)cache.find("file" + std::to_string(i), old);
    cache.put("new", old, hash(1));
    cache.save();
  }
  {
    StatCache cache(lease, root.get());
    EXPECT_NE(cache.find("file99", old), nullptr);  // COPY of a part: the rest is kept
    cache.put("newer", old, hash(1));
    cache.save();
  }
  StatCache cache(lease, root.get());
  EXPECT_NE(cache.find("file99", old), nullptr);
  EXPECT_EQ(cache.find("file0", old), nullptr);
}

TEST_F(StatCacheTest, DamageIsAsIfThereWereNone) {
  fill(50);
  const auto size = std::filesystem::file_size(file());
  for (std::uintmax_t length = 0; length < size; length += 37) {
    fill(50);
    std::filesystem::resize_file(file(), length);
    StatCache cache(lease, root.get());
    for (int i = 0; i < 50; ++i) {
      const auto* const found = cache.find("file" + std::to_string(i), old);
      if (found != nullptr) EXPECT_EQ(*found, hash(i));
    }
  }
}
