#include "libcore/base/quantity.hpp"

#include <gtest/gtest.h>

using namespace husk;

TEST(Quantity, Durations) {
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

TEST(Quantity, Sizes) {
  EXPECT_EQ(parse_size("100"), 100U);
  EXPECT_EQ(parse_size("64m"), 64U << 20);
  EXPECT_EQ(parse_size("1.5 GiB"), 3ULL << 29);
  EXPECT_EQ(parse_size("2kb"), 2048U);
  EXPECT_EQ(parse_size("7b"), 7U);
  for (const char* wrong : {"", "m", "-1", "1x", "1kib ", "1  k", "1bib", "99999999p"}) {
    EXPECT_EQ(parse_size(wrong), std::nullopt) << wrong;
  }
}
