#include "libcore/base/time.hpp"

#include "libcore/base/error.hpp"

#include <gtest/gtest.h>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using husk::Time;

TEST(Rfc3339, ReadsWhatIsWritten) {
  const std::vector<std::pair<Time, std::string_view>> cases = {
      {{0, 0}, "1970-01-01T00:00:00Z"},
      {{1767225599, 123456789}, "2025-12-31T23:59:59.123456789Z"},
      {{951782400, 500000000}, "2000-02-29T00:00:00.5Z"},
      {{-1, 0}, "1969-12-31T23:59:59Z"},
      {{-62135596800, 0}, "0001-01-01T00:00:00Z"},
      {{253402300799, 999999999}, "9999-12-31T23:59:59.999999999Z"},
  };
  for (const auto& [time, text] : cases) {
    EXPECT_EQ(husk::format_rfc3339(time), text);
    EXPECT_EQ(husk::parse_rfc3339(text), time);
  }
}

TEST(Rfc3339, TakesOffsets) {
  EXPECT_EQ(husk::parse_rfc3339("1970-01-01T02:00:00+02:00"), (Time{0, 0}));
  EXPECT_EQ(husk::parse_rfc3339("1969-12-31T19:30:00-04:30"), (Time{0, 0}));
}

TEST(Rfc3339, RefusesOtherText) {
  for (const std::string_view text :
       {"", "now", "1970-01-01", "1970-13-01T00:00:00Z", "1970-02-30T00:00:00Z", "1970-01-01T00:00:00",
        "1970-01-01T24:00:00Z", "1970-01-01T00:00:00.Z", "1970-01-01T00:00:00Zx", "+970-01-01T00:00:00Z"}) {
    EXPECT_EQ(husk::parse_rfc3339(text), std::nullopt) << text;
  }
}

TEST(SourceDate, IsANumberOfSeconds) {
  EXPECT_EQ(husk::parse_source_date("0"), 0);
  EXPECT_EQ(husk::parse_source_date("1767225600"), 1767225600);
  for (const char* text : {"", "-1", "1x", " 1", "now", "99999999999999999999"}) {
    EXPECT_THROW(husk::parse_source_date(text), husk::Error) << text;
  }
}

TEST(Age, SpeaksAsDockerDoes) {
  const std::vector<std::pair<std::int64_t, std::string_view>> cases = {
      {0, "Less than a second"}, {1, "1 second"},         {59, "59 seconds"},   {60, "About a minute"},
      {180, "3 minutes"},        {3600, "About an hour"}, {7200, "2 hours"},    {172800, "2 days"},
      {1209600, "2 weeks"},      {5184000, "2 months"},   {63072000, "2 years"}};
  for (const auto& [seconds, text] : cases) EXPECT_EQ(husk::format_age({0, 0}, {seconds, 0}), text);
}

}  // namespace
