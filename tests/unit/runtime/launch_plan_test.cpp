#include "libcore/runtime/launch_plan.hpp"

#include "libcore/runtime/network.hpp"

#include <gtest/gtest.h>

using namespace husk::runtime;
using Words = std::vector<std::string>;

namespace {

const std::string host =
    "# of the host\nnameserver 127.0.0.53\nnameserver 10.0.0.1\nsearch lan\noptions edns0\n";

// What stands after the words OPTION.
Words values(const Words& words, const std::string& option) {
  Words found;
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    if (words[i] == option) found.push_back(words[i + 1]);
  }
  return found;
}

}  // namespace

TEST(PlanResolvConf, TakesTheHostsAsFarAsItCanBeReached) {
  EXPECT_EQ(plan_resolv_conf(host, Network::private_network),
            "nameserver 10.0.0.1\nsearch lan\noptions edns0\n");
  EXPECT_EQ(plan_resolv_conf("nameserver ::1\n", Network::private_network), "nameserver 169.254.1.1\n");
  EXPECT_EQ(plan_resolv_conf(host, Network::host), host);
  EXPECT_EQ(plan_resolv_conf(host, Network::none), "");
}

TEST(PlanResolvConf, TakesWhatIsAskedForInstead) {
  EXPECT_EQ(plan_resolv_conf(host, Network::private_network, {{"9.9.9.9", "::1"}, {}, {}}),
            "nameserver 9.9.9.9\nnameserver ::1\nsearch lan\noptions edns0\n");
  EXPECT_EQ(plan_resolv_conf(host, Network::private_network, {{}, {"a", "b"}, {"ndots:1"}}),
            "search a b\noptions ndots:1\nnameserver 10.0.0.1\n");
  EXPECT_EQ(plan_resolv_conf(host, Network::private_network, {{}, {"."}, {}}),
            "nameserver 10.0.0.1\noptions edns0\n");
  EXPECT_EQ(plan_resolv_conf(host, Network::host, {{}, {"a"}, {}}),
            "search a\nnameserver 127.0.0.53\nnameserver 10.0.0.1\noptions edns0\n");
  EXPECT_EQ(plan_resolv_conf(host, Network::none, {{"9.9.9.9"}, {}, {}}), "nameserver 9.9.9.9\n");
}

TEST(PlanPasta, PublishesRangesInOneWord) {
  const Words words = plan_pasta(1,
                                 {{"", 81, 8001, false},
                                  {"", 80, 8000, false},
                                  {"", 82, 9000, false},
                                  {"127.0.0.1", 83, 9001, false},
                                  {"", 80, 80, true}},
                                 false, 3);
  EXPECT_EQ(values(words, "-t"), (Words{"80-81:8000-8001", "82:9000", "127.0.0.1/83:9001"}));
  EXPECT_EQ(values(words, "-u"), Words{"80:80"});
  EXPECT_EQ(values(plan_pasta(1, {}, false, 3), "-t"), Words{"none"});
}
