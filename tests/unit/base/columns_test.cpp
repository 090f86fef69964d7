#include "libcore/base/columns.hpp"

#include <gtest/gtest.h>

using namespace husk;

TEST(Columns, Width) {
  EXPECT_EQ(columns_of(""), 0U);
  EXPECT_EQ(columns_of("abc"), 3U);
  EXPECT_EQ(columns_of("häß"), 3U);
  EXPECT_EQ(columns_of("漢字"), 4U);
  EXPECT_EQ(columns_of("한글"), 4U);
  EXPECT_EQ(columns_of("e\u0301"), 1U);  // combining acute
  EXPECT_EQ(columns_of("🚀"), 2U);
  EXPECT_EQ(columns_of("👩\u200d"), 2U);   // joiner
  EXPECT_EQ(columns_of("\xff\xfe"), 2U);  // no UTF-8: a replacement character each
}

TEST(Columns, Fit) {
  EXPECT_EQ(fit_columns("abc", 3), "abc");
  EXPECT_EQ(fit_columns("abcd", 3), "ab…");
  EXPECT_EQ(fit_columns("abcd", 1), "…");
  EXPECT_EQ(fit_columns("abcd", 0), "");
  EXPECT_EQ(fit_columns("漢字漢", 6), "漢字漢");
  EXPECT_EQ(fit_columns("漢字漢", 5), "漢字…");
  EXPECT_EQ(fit_columns("漢字漢", 4), "漢…");  // a wide character is never cut in two
  EXPECT_EQ(fit_columns("e\u0301e\u0301e", 2), "e\u0301…");
}

TEST(Columns, PlainLine) {
  const struct {
    const char *raw, *plain;
  } cases[] = {
      {"plain", "plain"},
      {"\x1b[31mred\x1b[0m", "red"},
      {"\x1b[2J\x1b[1;1Hclear", "clear"},
      {"\x1b]0;title\aafter", "after"},
      {"\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"},
      {"\x1b(B\x1b=x", "x"},
      {"\x1b[31", ""},
      {"a\x1b", "a"},
      {"10%\r20%\r100%", "100%"},
      {"long text\rab", "abng text"},
      {"x\r\n", "x"},
      {"windows\r", "windows"},
      {"ab\bc", "ac"},
      {"\b\bx", "x"},
      {"a\tb", "a       b"},
      {"漢\tb", "漢      b"},
      {"bell\a nul", "bell nul"},
      {"\xc2\x9b"
       "31mC1",
       "31mC1"},
      {"\xe2\x80\xaeright to left", "right to left"},
      {"\xff", "\xef\xbf\xbd"},
      {"blanks   ", "blanks"},
  };
  for (const auto& each : cases) EXPECT_EQ(plain_line(each.raw), each.plain);
}
