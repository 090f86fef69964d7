#include "libcore/oci/reference_pattern.hpp"

#include <gtest/gtest.h>

namespace husk::oci {
namespace {

TEST(ReferencePattern, MatchesAsDockersFilter) {
  const struct {
    const char* name;
    const char* pattern;
    bool expected;
  } cases[] = {
      {"node", "no*", true},
      {"node", "node:l*", true},
      {"node:20", "node", true},
      {"node:20", "*:2?", true},
      {"node:20", "*:21", false},
      {"me/node", "no*", false},
      {"me/node", "*/node", true},
      {"me/node", "*", false},
      {"me/node:1", "me/*", true},
      {"me/node", "me/n[a-p]de", true},
      {"me/node", "me/n[^o]de", false},
      {"node", "n[", false},
      {"localhost:5000/me/node:1", "localhost:5000/*/*", true},
      {"node", "docker.io/*/node", false},
  };
  for (const auto& each : cases) {
    EXPECT_EQ(matches_pattern(parse_reference(each.name), each.pattern), each.expected)
        << each.name << " " << each.pattern;
  }
  EXPECT_TRUE(is_reference_pattern("no*"));
  EXPECT_FALSE(is_reference_pattern("localhost:5000/me/node:1"));
}

}  // namespace
}  // namespace husk::oci
