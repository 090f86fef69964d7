#include "libcore/container/stats.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

using namespace husk::container;
using namespace std::chrono_literals;

TEST(CpuShare, IsOfOneProcessor) {
  const auto second = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
  const auto start = std::chrono::steady_clock::now();
  Usage before;
  before.when = start;
  before.cpu_ticks = 100;
  Usage after = before;
  after.when = start + 2s;
  after.cpu_ticks += 3 * second;
  EXPECT_DOUBLE_EQ(cpu_share(before, after), 150);
  after.cpu_ticks = 50;  // a process took its time with it
  EXPECT_DOUBLE_EQ(cpu_share(before, after), 0);
  EXPECT_DOUBLE_EQ(cpu_share(before, before), 0);
}
