#include "libcore/userns/id_map.hpp"

#include "libcore/base/error.hpp"
#include "libcore/userns/subordinate_ids.hpp"

#include <gtest/gtest.h>

using namespace husk::userns;
using Map = std::vector<IdRange>;

namespace {
const Owner ann{"ann", 1000};
Map map(std::string_view text) { return map_subordinate_ids(text, ann, 1000, "/etc/subuid"); }
std::string error_of(std::string_view text) {
  try {
    (void)map(text);
  } catch (const husk::Error& error) {
    return error.what();
  }
  return "";
}
}  // namespace

TEST(SubordinateIds, AreFoundByNameAndByNumber) {
  EXPECT_EQ(map("ann:100000:65536\n"), (Map{{0, 1000, 1}, {1, 100000, 65536}}));
  EXPECT_EQ(map("1000:100000:65536"), (Map{{0, 1000, 1}, {1, 100000, 65536}}));
  EXPECT_EQ(map("ann:100000:10\nann:300000:5\n"), (Map{{0, 1000, 1}, {1, 100000, 10}, {11, 300000, 5}}));
  EXPECT_EQ(map("ann:100000:10\n1000:100000:10\n"), (Map{{0, 1000, 1}, {1, 100000, 10}}));
}

TEST(SubordinateIds, OfOthersAreNotTaken) {
  EXPECT_EQ(map(""), (Map{{0, 1000, 1}}));
  EXPECT_EQ(map("anna:100000:65536\n10000:200000:65536\n"), (Map{{0, 1000, 1}}));
}

TEST(SubordinateIds, SkipsWhatIsNoEntry) {
  for (const char* line : {"ann", "ann:1", "ann:x:10", "ann:10:0", "ann:-1:10", "ann:4294967295:10",
                           "ann:1 :10", "ann:99999999999:10", "#ann:100000:65536", ""}) {
    EXPECT_EQ(map(line), (Map{{0, 1000, 1}})) << line;
  }
}

TEST(SubordinateIds, RefusesOwnIdAndOverlap) {
  EXPECT_EQ(error_of("ann:900:200\n"),
            "/etc/subuid: the range 900:200 of 'ann' holds the id 1000 of the user itself");
  EXPECT_EQ(error_of("ann:100000:65536\nbob:165535:65536\n"),
            "/etc/subuid: the ranges of 'ann' and 'bob' overlap");
  EXPECT_EQ(error_of("ann:100000:65536\nbob:165536:65536\nbob:165600:65536\n"), "");
}

TEST(Choice, KnowsThreeNames) {
  EXPECT_EQ(parse_choice("single"), Choice::single);
  EXPECT_THROW((void)parse_choice("keep-id"), husk::Error);
}
