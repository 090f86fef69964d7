#include "libcore/base/signal_name.hpp"

#include <gtest/gtest.h>
#include <csignal>

namespace husk {
namespace {

TEST(SignalName, names_and_numbers) {
  EXPECT_EQ(parse_signal("SIGTERM"), SIGTERM);
  EXPECT_EQ(parse_signal("term"), SIGTERM);
  EXPECT_EQ(parse_signal("sigKill"), SIGKILL);
  EXPECT_EQ(parse_signal("9"), 9);
  EXPECT_EQ(parse_signal("64"), 64);
  EXPECT_EQ(parse_signal("WINCH"), SIGWINCH);
  EXPECT_EQ(parse_signal("iot"), SIGABRT);
  EXPECT_EQ(parse_signal("RTMIN"), 34);
  EXPECT_EQ(parse_signal("SIGRTMIN+3"), 37);
  EXPECT_EQ(parse_signal("RTMAX-14"), 50);
  EXPECT_EQ(parse_signal("RTMIN+30"), 64);
}

TEST(SignalName, other_text) {
  for (const char* wrong : {"", "SIG", "0", "65", "-1", "+9", " 9", "9x", "FOO", "SIGRTMIN+", "RTMIN+31",
                            "RTMIN-1", "SIGSIGTERM"})
    EXPECT_FALSE(parse_signal(wrong)) << wrong;
}

}  // namespace
}  // namespace husk
