#include "libcore/base/text.hpp"

#include <gtest/gtest.h>
#include <string>
#include <utility>
#include <vector>

namespace {

TEST(Escape, LeavesTextAlone) {
  for (const std::string text : {"", "plain", "größe", "日本語", "a'b", "\xf0\x9f\x90\xb3"}) {
    EXPECT_EQ(husk::escape(text), text);
  }
}

TEST(Escape, ShowsWhatCouldMislead) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"\x1b[2J", "\\x1b[2J"},              // clears a screen
      {"a\nb\tc\r", "a\\x0ab\\x09c\\x0d"},  // forges a line
      {"\x7f", "\\x7f"},
      {"\xc2\x9b"
       "31m",
       "\\xc2\\x9b"
       "31m"},  // CSI as one C1 character
      {"\xe2\x80\xae"
       "gpj",
       "\\xe2\\x80\\xaegpj"},  // right-to-left override
      {"\xff\xfe", "\\xff\\xfe"},
      {"\xc0\xaf", "\\xc0\\xaf"},           // an overlong "/"
      {"\xed\xa0\x80", "\\xed\\xa0\\x80"},  // half of a surrogate pair
      {"\xe2\x82", "\\xe2\\x82"},           // cut short
      {std::string("a\0b", 3), "a\\x00b"},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(husk::escape(text), expected);
}

TEST(Cat, JoinsWordsNumbersAndQuotedText) {
  EXPECT_EQ(husk::cat("layer ", 3, " of ", husk::quote("a\nb")), "layer 3 of 'a\\x0ab'");
}

}  // namespace
