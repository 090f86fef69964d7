#include "libcore/container/host_check.hpp"

#include <gtest/gtest.h>
#include <algorithm>

using namespace husk;
using namespace husk::container;

namespace {

HostFacts good() {
  HostFacts facts;
  facts.file_system = "ext4";
  facts.first_port = 0;
  facts.has_tunnel = true;
  facts.has_filters = true;
  facts.has_unified_groups = true;
  facts.has_systemd = true;
  return facts;
}

Check check(const HostFacts& facts, std::string_view name) {
  const auto all = judge(facts);
  return *std::ranges::find(all, name, &Check::name);
}

}  // namespace

TEST(HostCheck, FindsNothingWhereAllIsWell) {
  for (const Check& each : judge(good())) {
    EXPECT_EQ(each.result, Check::Result::good) << each.name;
    EXPECT_EQ(each.remedy, "") << each.name;
  }
  EXPECT_TRUE(can_run(judge(good())));
}

TEST(HostCheck, KnowsWhatForbidsUserNamespaces) {
  HostFacts facts = good();
  facts.user_namespaces = Obstacle{"create a user namespace: no", "look around"};
  EXPECT_EQ(check(facts, "user namespaces").remedy, "look around");
  facts.max_user_namespaces = 0;
  EXPECT_EQ(check(facts, "user namespaces").remedy, "sudo sysctl -w user.max_user_namespaces=15000");
  facts.apparmor_restricts = 1;
  EXPECT_EQ(check(facts, "user namespaces").remedy,
            "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0");
  facts.unprivileged_namespaces = 0;
  EXPECT_EQ(check(facts, "user namespaces").remedy, "sudo sysctl -w kernel.unprivileged_userns_clone=1");
  EXPECT_FALSE(can_run(judge(facts)));
}

TEST(HostCheck, NamesWhatIsMissingAndTheCommand) {
  HostFacts facts = good();
  facts.subordinate_ids = Obstacle{"no subordinate ids", "install the package 'uidmap'"};
  facts.network_program = Obstacle{"no pasta", "install the package 'passt'"};
  facts.first_port = 1024;
  facts.control_groups = Obstacle{"the cgroup is not delegated to you", "a hint"};
  EXPECT_EQ(check(facts, "subordinate ids").remedy, "sudo apt-get install uidmap");
  EXPECT_EQ(check(facts, "private network").remedy, "sudo apt-get install passt");
  EXPECT_EQ(check(facts, "published ports").detail, "from 1024 on");
  EXPECT_EQ(check(facts, "limits").detail, "the cgroup is not delegated to you; --limits=best-effort works");
  EXPECT_NE(check(facts, "limits").remedy.find("Delegate=cpu"), std::string::npos);
  EXPECT_TRUE(can_run(judge(facts)));
  facts.network_program.reset();
  facts.has_tunnel = false;
  EXPECT_EQ(check(facts, "private network").remedy, "sudo modprobe tun; sudo chmod 0666 /dev/net/tun");
  facts.has_systemd = false;
  EXPECT_EQ(check(facts, "limits").remedy, "a hint");
  facts.has_unified_groups = false;
  EXPECT_EQ(check(facts, "limits").remedy,
            "add systemd.unified_cgroup_hierarchy=1 to the kernel's command line");
}

TEST(HostCheck, SaysNoWhereContainersCantRun) {
  HostFacts facts = good();
  facts.overlay = Obstacle{"mount the overlay: no", "use another disk"};
  EXPECT_EQ(check(facts, "overlay file system").detail, "the store is on ext4; mount the overlay: no");
  EXPECT_FALSE(can_run(judge(facts)));
  facts = good();
  facts.has_filters = false;
  EXPECT_FALSE(can_run(judge(facts)));
}

TEST(HostCheck, IsPrinted) {
  const std::vector<Check> checks = {{"a", Check::Result::good, "", ""},
                                     {"b", Check::Result::broken, "why", "do"}};
  EXPECT_EQ(print_checks(checks),
            "a                     yes\nb                     no: why\n                      -> do\n");
  EXPECT_EQ(
      print_json(to_value(checks)),
      R"([{"Name":"a","Result":"yes","Detail":"","Remedy":""},{"Name":"b","Result":"no","Detail":"why","Remedy":"do"}])");
}
