#include "libcore/container/logs.hpp"

#include "libcore/base/error.hpp"

#include <gtest/gtest.h>

namespace husk::container {
namespace {

TEST(Logs, times) {
  const Time now{1000, 500'000'000};
  EXPECT_EQ(parse_log_time("1m30s", now), (Time{910, 500'000'000}));
  EXPECT_EQ(parse_log_time("1.5s", now), (Time{999, 0}));
  EXPECT_EQ(parse_log_time("250ms", now), (Time{1000, 250'000'000}));
  EXPECT_EQ(parse_log_time("2001-09-09T01:46:40Z", now), (Time{1'000'000'000, 0}));
  EXPECT_EQ(parse_log_time("1000000000", now), (Time{1'000'000'000, 0}));
  for (const char* wrong : {"", "yesterday", "-1h", "10x", "m", "1h30", "9999999999h"})
    EXPECT_THROW((void)parse_log_time(wrong, now), Error) << wrong;
}

TEST(Logs, counts) {
  EXPECT_EQ(parse_line_count("0"), 0U);
  EXPECT_EQ(parse_line_count("12"), 12U);
  for (const char* wrong : {"", "-1", "1.5", "ten"})
    EXPECT_THROW((void)parse_line_count(wrong), Error) << wrong;
}

}  // namespace
}  // namespace husk::container
