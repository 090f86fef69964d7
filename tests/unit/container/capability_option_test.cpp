#include "libcore/container/capability_option.hpp"

#include "libcore/base/error.hpp"

#include <gtest/gtest.h>

using namespace husk;
using namespace husk::container;
using Words = std::vector<std::string>;

namespace {

std::uint64_t set_of(std::initializer_list<unsigned> numbers) {
  std::uint64_t set = 0;
  for (const unsigned number : numbers) set |= std::uint64_t{1} << number;
  return set;
}

}  // namespace

TEST(ChangeCapabilities, AddsAndDrops) {
  const std::uint64_t base = set_of({0, 5});
  EXPECT_EQ(change_capabilities(base, {}, {}), base);
  EXPECT_EQ(change_capabilities(base, {"net_raw"}, {"CHOWN"}), set_of({5, 13}));
  EXPECT_EQ(change_capabilities(base, {"kill"}, {"all"}), set_of({5}));
  EXPECT_EQ(change_capabilities(base, {}, {"ALL"}), 0U);
  EXPECT_EQ(change_capabilities(base, {"ALL"}, {}), all_capabilities());
  EXPECT_EQ(change_capabilities(base, {"ALL"}, {"SYS_ADMIN"}), all_capabilities() & ~set_of({21}));
  EXPECT_EQ(change_capabilities(base, {"ALL"}, {"ALL"}), all_capabilities());
  EXPECT_EQ(change_capabilities(base, {"CHOWN"}, {"CAP_CHOWN"}), base);
  EXPECT_THROW((void)change_capabilities(base, {"NOTHING"}, {}), Error);
  EXPECT_THROW((void)change_capabilities(base, {}, {""}), Error);
}

TEST(NameCapabilities, KnowsTheirNumbers) {
  EXPECT_EQ(name_capabilities(set_of({0, 31, 40})),
            (Words{"CAP_CHOWN", "CAP_SETFCAP", "CAP_CHECKPOINT_RESTORE"}));
  EXPECT_EQ(name_capabilities(0), Words{});
}
