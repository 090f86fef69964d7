#include "libcore/dockerfile/values.hpp"

#include <gtest/gtest.h>

using namespace husk::dockerfile;

TEST(Values, NumbersAndTruth) {
  EXPECT_EQ(parse_number("0755", 8), 0755U);
  EXPECT_EQ(parse_number("4294967295", 10), 4294967295U);
  for (const char* wrong : {"", "8", "-1", "+1", "7 ", "0x7", "77777777777777"}) {
    EXPECT_EQ(parse_number(wrong, 8), std::nullopt) << wrong;
  }
  EXPECT_EQ(parse_bool("True"), true);
  EXPECT_EQ(parse_bool("0"), false);
  EXPECT_EQ(parse_bool("yes"), std::nullopt);
}
