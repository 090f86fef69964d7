#include "libcore/build/cached_step.hpp"

#include <gtest/gtest.h>

namespace husk::build {
namespace {

const std::string some_key(64, 'a');
const oci::Digest layer = *oci::Digest::parse("sha256:" + std::string(64, '1'));

TEST(CachedStepTest, OthersSeeTimeAndTitleOfAStepAndNoPartOfItsKey) {
  const store::CacheRecord record{.diff_id = layer,
                                  .note = step_note("2026-01-02T03:04:05Z", "RUN make", "user 0123\n")};
  const auto step = cached_step(some_key, record);
  ASSERT_TRUE(step);
  EXPECT_EQ(step->key.hex(), some_key);
  EXPECT_EQ(step->diff_id, layer);
  EXPECT_EQ(step->created, "2026-01-02T03:04:05Z");
  EXPECT_EQ(step->title, "RUN make");
  const store::CacheRecord back = record_of(*step);
  EXPECT_EQ(back.note.find("0123"), std::string::npos);
  EXPECT_EQ(created_of(back.note), "2026-01-02T03:04:05Z");
  EXPECT_EQ(cached_step(some_key, back), step);
}

TEST(CachedStepTest, ContentOfWhatIsCopied) {
  const store::CacheRecord record{.diff_id = {}, .note = content_note("0123")};
  const auto step = cached_step(some_key, record);
  ASSERT_TRUE(step);
  EXPECT_EQ(content_of(record_of(*step).note), "0123");
  EXPECT_FALSE(content_of(step_note("2026-01-02T03:04:05Z", "RUN make", "")));
}

TEST(CachedStepTest, OtherRecords) {
  EXPECT_FALSE(cached_step("stat", {.diff_id = {}, .note = step_note("t", "t", "")}));
  EXPECT_FALSE(cached_step(some_key, {.diff_id = {}, .note = "something"}));
  EXPECT_EQ(created_of("something"), "1970-01-01T00:00:00Z");
}

}  // namespace
}  // namespace husk::build
