#include "libcore/base/process_stat.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

using namespace husk;

TEST(ProcessStat, IsReadWhateverTheProgramIsCalled) {
  const auto stat = parse_process_stat(
      "42 (a) S 1 (x) R 7 42 42 0 -1 4194304 1 2 3 4 100 50 6 7 20 0 3 0 98765 4096 12 18446744073709551615 "
      "1 1\n");
  ASSERT_TRUE(stat);
  EXPECT_EQ(stat->state, 'R');
  EXPECT_EQ(stat->parent, 7);
  EXPECT_EQ(stat->cpu_ticks, 150U);
  EXPECT_EQ(stat->waited_ticks, 13U);
  EXPECT_EQ(stat->threads, 3);
  EXPECT_EQ(stat->start_time, 98765U);
  EXPECT_EQ(stat->resident, 12U);
}

TEST(ProcessStat, RefusesWhatItIsNot) {
  for (const char* text : {"", "42 (a", "42 (a)", "42 (a) ", "42 (a) S 1 2", "42 (a) S x"})
    EXPECT_FALSE(parse_process_stat(text)) << text;
}

TEST(ProcessStat, KnowsOurselves) {
  const auto stat = read_process_stat(::getpid());
  ASSERT_TRUE(stat);
  EXPECT_EQ(stat->parent, ::getppid());
  EXPECT_FALSE(read_process_stat(0));
  EXPECT_FALSE(read_process_stat(-1));
}
