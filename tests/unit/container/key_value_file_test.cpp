#include "libcore/container/key_value_file.hpp"

#include "libcore/base/error.hpp"

#include <gtest/gtest.h>

using namespace husk;
using namespace husk::container;
using Lines = std::vector<std::string>;

namespace {

std::optional<std::string> look_up(const char* name) {
  return std::string_view(name) == "MINE" ? std::optional<std::string>("here") : std::nullopt;
}

std::string error_of(std::string_view text) {
  try {
    (void)parse_key_values(text, look_up);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST(KeyValues, AreReadAsDockerDoes) {
  EXPECT_EQ(parse_key_values("A=1\n  B= 2 \n  # no\n\n\t\nC=\"x\" # y\nD==\r\nE=", look_up),
            (Lines{"A=1", "B= 2 ", "C=\"x\" # y", "D==", "E="}));
  EXPECT_EQ(parse_key_values("MINE\nNOT\nA=1", look_up), (Lines{"MINE=here", "A=1"}));
  EXPECT_EQ(parse_key_values("MINE\nNOT", {}), (Lines{"MINE", "NOT"}));
  EXPECT_EQ(parse_key_values("\xef\xbb\xbf"
                             "A=1",
                             look_up),
            (Lines{"A=1"}));
  EXPECT_EQ(parse_key_values("", look_up), Lines{});
}

TEST(KeyValues, AreRefusedByLine) {
  EXPECT_EQ(error_of("A=1\n=2"), "line 2: no variable name on line '=2'");
  EXPECT_EQ(error_of("A=1\n\nB C=2"), "line 3: variable 'B C' contains whitespaces");
  EXPECT_EQ(error_of("A=\xff"), "line 1: it is not UTF-8");
  EXPECT_EQ(error_of("B =2"), "line 1: variable 'B ' contains whitespaces");
}
