#include "libcore/store/build_logs.hpp"

#include "libcore/base/text.hpp"
#include "libcore/store/gc.hpp"
#include "tests/unit/store/temporary_store.hpp"

#include <gtest/gtest.h>

namespace husk::store {
namespace {

std::string key_of(std::size_t build) { return std::string(60, '0') + std::to_string(1000 + build); }

// What husk-build leaves, a minute apart.
void add_builds(const Store& store, std::size_t count) {
  const Lease lease(store);
  for (std::size_t i = 0; i < count; ++i) {
    StepLog log(lease);
    log.write("text");
    log.commit(key_of(i));
    const std::string time = cat("2026-01-01T0", i / 60, ":", i % 60 < 10 ? "0" : "", i % 60, ":00Z");
    put_build_record(
        lease, {.id = {}, .time = time, .result = "done", .steps = {{"1", "ran", key_of(i), "RUN true"}}});
  }
}

TEST(BuildLogs, garbage_collection_keeps_the_newest) {
  TemporaryStore temporary;
  const Store& store = temporary.get();
  add_builds(store, max_builds + 10);
  EXPECT_EQ(list_build_records(store).size(), max_builds + 10);
  (void)collect_garbage(store);
  EXPECT_EQ(list_build_records(store).size(), max_builds);
  EXPECT_FALSE(find_step_log(store, key_of(9)));
  EXPECT_TRUE(find_step_log(store, key_of(10)));
}

TEST(BuildLogs, many_builds_without_garbage_collection_are_bounded) {
  TemporaryStore temporary;
  add_builds(temporary.get(), 2 * max_builds);
  EXPECT_EQ(list_build_records(temporary.get()).size(), max_builds);
  EXPECT_FALSE(find_step_log(temporary.get(), key_of(0)));
}

}  // namespace
}  // namespace husk::store
