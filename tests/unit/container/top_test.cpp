#include "libcore/container/top.hpp"

#include "error_of.hpp"

using namespace husk;
using namespace husk::container;

TEST(SelectProcesses, KeepsTheLinesOfThese) {
  const auto lines = select_processes(
      "UID   PID  CMD\nroot    1  /sbin/init\n me    27  sh -c  a b\nme    127  x\x1b\nbroken\n", {27, 127});
  const std::vector<std::vector<std::string>> expected = {
      {"UID", "PID", "CMD"}, {"me", "27", "sh -c  a b"}, {"me", "127", "x\\x1b"}};
  EXPECT_EQ(lines, expected);
  EXPECT_EQ(error_of([] { (void)select_processes("CMD\nsh\n", {1}); }),
            "what ps prints with these options has no column PID");
  EXPECT_TRUE(select_processes("", {1}).empty());
}
