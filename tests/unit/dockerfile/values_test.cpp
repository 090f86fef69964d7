#include "libcore/dockerfile/values.hpp"

#include <gtest/gtest.h>

using namespace husk::dockerfile;

TEST(Values, Durations) {
  EXPECT_EQ(parse_duration("1h2m3.5s"), 3'723'500'000'000);
  EXPECT_EQ(parse_duration("100ms"), 100'000'000);
  EXPECT_EQ(parse_duration("1.5us"), 1'500);
  EXPECT_EQ(parse_duration("2\u00b5s"), 2'000);
  EXPECT_EQ(parse_duration(".5s"), 500'000'000);
  EXPECT_EQ(parse_duration("-3m"), -180'000'000'000);
  EXPECT_EQ(parse_duration("0"), 0);
  for (const char* wrong : {"", "5", "s", "+", "1.2.3s", ".s", "1 s", "1d", "9999999h"}) {
    EXPECT_EQ(parse_duration(wrong), std::nullopt) << wrong;
  }
}

TEST(Values, Sizes) {
  EXPECT_EQ(parse_size("100"), 100U);
  EXPECT_EQ(parse_size("64m"), 64U << 20);
  EXPECT_EQ(parse_size("1.5 GiB"), 3ULL << 29);
  EXPECT_EQ(parse_size("2kb"), 2048U);
  EXPECT_EQ(parse_size("7b"), 7U);
  for (const char* wrong : {"", "m", "-1", "1x", "1kib ", "1  k", "1bib", "99999999p"}) {
    EXPECT_EQ(parse_size(wrong), std::nullopt) << wrong;
  }
}

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
