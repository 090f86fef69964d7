#include "libcore/runtime/resources.hpp"

#include "libcore/base/error.hpp"

#include <gtest/gtest.h>

namespace husk::runtime {
namespace {

using Settings = std::vector<CgroupSetting>;

Settings settings_of(const std::vector<std::string>& options) {
  return cgroup_settings(parse_resources(options));
}

TEST(Resources, BecomeFilesOfTheCgroup) {
  const std::vector<std::pair<std::vector<std::string>, Settings>> cases = {
      {{}, {}},
      {{"limits=best-effort"}, {}},
      {{"memory=64m"}, {{"memory.max", "67108864"}, {"memory.swap.max", "67108864"}}},
      {{"memory=64m", "memory-swap=64m"}, {{"memory.max", "67108864"}, {"memory.swap.max", "0"}}},
      {{"memory=64m", "memory-swap=96m"}, {{"memory.max", "67108864"}, {"memory.swap.max", "33554432"}}},
      {{"memory-swap=-1", "memory=64m"}, {{"memory.max", "67108864"}, {"memory.swap.max", "max"}}},
      {{"memory-reservation=32m"}, {{"memory.low", "33554432"}}},
      {{"cpus=1.5"}, {{"cpu.max", "150000 100000"}}},
      {{"cpus=0.01"}, {{"cpu.max", "1000 100000"}}},
      {{"cpu-shares=2"}, {{"cpu.weight", "1"}}},
      {{"cpu-shares=1024"}, {{"cpu.weight", "39"}}},
      {{"cpu-shares=262144"}, {{"cpu.weight", "10000"}}},
      {{"cpuset-cpus=0-2,4", "cpuset-mems=0"}, {{"cpuset.cpus", "0-2,4"}, {"cpuset.mems", "0"}}},
      {{"pids-limit=100"}, {{"pids.max", "100"}}},
      {{"pids-limit=-1"}, {}},
      {{"pids-limit=0"}, {}},
  };
  for (const auto& [options, settings] : cases)
    EXPECT_EQ(settings_of(options), settings) << (options.empty() ? "nothing" : options.front());
  EXPECT_FALSE(parse_resources({"limits=strict"}).any());
  EXPECT_TRUE(parse_resources({"cgroup-parent=/batch"}).any());
}

TEST(Resources, ThatMakeNoSenseAreMistakes) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases = {
      {{"memory=invalid"}, "--memory 'invalid': it is no size"},
      {{"memory=1m"}, "less than 6 MiB"},
      {{"memory=-1"}, "no size"},
      {{"memory-swap=128m"}, "needs --memory"},
      {{"memory-swap=-1"}, "needs --memory"},
      {{"memory=128m", "memory-swap=64m"}, "less than --memory"},
      {{"memory=64m", "memory-reservation=128m"}, "more than --memory"},
      {{"cpus=0"}, "0.01"},
      {{"cpus=-1"}, "0.01"},
      {{"cpus=nan"}, "no number"},
      {{"cpus=1e9"}, "0.01"},
      {{"cpus=1x"}, "no number"},
      {{"cpu-shares=1"}, "2 to 262144"},
      {{"cpu-shares=262145"}, "2 to 262144"},
      {{"cpuset-cpus=0-"}, "numbers and ranges"},
      {{"cpuset-cpus=2-1"}, "goes up"},
      {{"cpuset-cpus=0;1"}, "numbers and ranges"},
      {{"cpuset-cpus=0-99999999"}, "numbers and ranges"},
      {{"cpuset-mems=x"}, "numbers and ranges"},
      {{"pids-limit=-2"}, "negative"},
      {{"pids-limit=many"}, "no number"},
      {{"cgroup-parent=batch"}, "no absolute path"},
      {{"cgroup-parent=/batch/../.."}, "no absolute path"},
      {{"limits=loose"}, "strict or best-effort"},
  };
  for (const auto& [options, reason] : cases) {
    try {
      (void)parse_resources(options);
      ADD_FAILURE() << options.front();
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find(reason), std::string::npos) << error.what();
      EXPECT_EQ(error.exit(), Exit::usage) << options.front();
    }
  }
}

TEST(Resources, WithoutACgroupAreLimitsOfEachProcess) {
  const auto limits = process_limits(
      parse_resources({"memory=64m", "memory-swap=-1", "cpus=1.5", "pids-limit=10", "cpu-shares=512"}),
      {1, 3, 5});
  ASSERT_EQ(limits.limits.size(), 2U);
  EXPECT_EQ(limits.limits[0].resource, RLIMIT_AS);
  EXPECT_EQ(limits.limits[0].hard, rlim_t{64} << 20);
  EXPECT_EQ(limits.limits[1].resource, RLIMIT_NPROC);
  EXPECT_EQ(limits.limits[1].soft, 10U);
  EXPECT_EQ(limits.cpus, "1,3");
  EXPECT_EQ(limits.applied.size(), 3U);
  EXPECT_EQ(limits.missing, (std::vector<std::string>{"--memory-swap", "--cpu-shares"}));
  // Of those that are asked for, so many.
  EXPECT_EQ(process_limits(parse_resources({"cpuset-cpus=4-7", "cpus=2"}), {0, 1}).cpus, "4,5");
  EXPECT_EQ(process_limits(parse_resources({"cpus=64"}), {0, 1}).cpus, "0,1");
}

}  // namespace
}  // namespace husk::runtime
