#include "libcore/container/profile_option.hpp"

#include "libcore/base/error.hpp"
#include "libcore/container/capability_option.hpp"
#include "libcore/container/name_option.hpp"
#include "tests/unit/container/error_of.hpp"

#include <gtest/gtest.h>
#include <functional>
#include <nlohmann/json.hpp>

using namespace husk;
using namespace husk::container;
using Words = std::vector<std::string>;

namespace {

store::ProfileConfig plan(const std::function<void(RunOptions&)>& change) {
  RunOptions options;
  change(options);
  return plan_profile(options);
}

std::string refusal(const std::function<void(RunOptions&)>& change) {
  return engine_error([&] { (void)plan(change); });
}

}  // namespace

TEST(PlanProfile, IsTheDefaultWithoutOptions) {
  const auto profile = plan([](RunOptions&) {});
  EXPECT_EQ(profile.capabilities, runtime::default_capabilities());
  EXPECT_TRUE(profile.filters_calls);
  EXPECT_FALSE(profile.no_new_privileges || profile.all_visible || profile.keeps_groups || profile.has_init);
}

TEST(PlanProfile, KnowsTheSecurityOptions) {
  const auto with = [](const char* text) {
    return plan([&](RunOptions& options) { options.security_options = {text}; });
  };
  EXPECT_TRUE(with("no-new-privileges").no_new_privileges);
  EXPECT_TRUE(with("no-new-privileges:true").no_new_privileges);
  EXPECT_FALSE(with("no-new-privileges=false").no_new_privileges);
  EXPECT_FALSE(with("seccomp=unconfined").filters_calls);
  EXPECT_FALSE(with("seccomp:unconfined").filters_calls);
  EXPECT_TRUE(with("seccomp=builtin").filters_calls);
  EXPECT_TRUE(with("systempaths=unconfined").all_visible);
  EXPECT_TRUE(with("unmask=ALL").all_visible);
  EXPECT_EQ(with("mask=/a/:/b/../c").hidden, (Words{"/a", "/c"}));
  EXPECT_EQ(with("unmask=/proc/acpi").visible, Words{"/proc/acpi"});
  (void)with("apparmor=unconfined");
  (void)with("label=disable");
  for (const char* bad :
       {"", "x", "seccomp", "seccomp=", "systempaths=unknown", "no-new-privileges=x", "mask=a",
        "unmask=", "unmask=/proc/sys/net", "unmask=/home", "apparmor=docker-default", "label=user:x"}) {
    EXPECT_NE(refusal([&](RunOptions& options) { options.security_options = {bad}; }), "") << bad;
  }
}

TEST(PlanProfile, PrivilegedIsAllOfIt) {
  const auto profile = plan([](RunOptions& options) { options.privileged = true; });
  EXPECT_EQ(profile.capabilities, all_capabilities());
  EXPECT_TRUE(profile.all_visible);
  EXPECT_FALSE(profile.filters_calls);
  EXPECT_EQ(plan([](RunOptions& options) {
              options.privileged = true;
              options.capabilities_to_drop = {"all"};
            }).capabilities,
            0U);
}

TEST(PlanProfile, SettingsAreThoseOfOwnNamespaces) {
  const auto with = [](const char* text, const char* network = "private") {
    return [=](RunOptions& options) {
      options.settings = {text};
      options.network = network;
    };
  };
  EXPECT_EQ(plan(with("net.ipv4.ip_forward=1")).settings.at(0),
            (std::pair<std::string, std::string>{"net/ipv4/ip_forward", "1"}));
  EXPECT_EQ(plan(with("net.ipv4.conf.eth0/1.forwarding=1")).settings.at(0).first,
            "net/ipv4/conf/eth0.1/forwarding");
  EXPECT_EQ(plan(with("net/ipv4/conf/eth0.1/forwarding=1")).settings.at(0).first,
            "net/ipv4/conf/eth0.1/forwarding");
  EXPECT_EQ(plan(with("fs.mqueue.msg_max=5", "host")).settings.size(), 1U);
  for (const char* bad : {"x", "=1", "kernel.panic=1", "net=1", "vm.swappiness=1", "net/../kernel/panic=1",
                          "net.//.kernel.panic=1"})
    EXPECT_NE(refusal(with(bad)), "") << bad;
  EXPECT_NE(refusal(with("net.ipv4.ip_forward=1", "host")).find("host's"), std::string::npos);
}

TEST(PlanProfile, RefusesWhatCantBe) {
  EXPECT_NE(refusal([](RunOptions& options) { options.groups = {"keep-groups", "wheel"}; }), "");
  EXPECT_NE(refusal([](RunOptions& options) { options.groups = {"-1"}; }), "");
  EXPECT_NE(refusal([](RunOptions& options) { options.limits = {"files=1"}; }), "");
  EXPECT_NE(refusal([](RunOptions& options) { options.shm_size = "a128m"; }), "");
  EXPECT_NE(refusal([](RunOptions& options) { options.oom_score_adjustment = 1001; }), "");
  EXPECT_NE(refusal([](RunOptions& options) { options.capabilities_to_add = {"NOTHING"}; }), "");
}

TEST(DescribeProfile, IsJson) {
  RunOptions options;
  options.security_options = {"mask=/etc/x", "unmask=/proc/acpi"};
  options.limits = {"nofile=5"};
  const userns::IdMap map{userns::MapKind::single, {{0, 1000, 1}}, {{0, 1000, 1}}};
  const auto json = nlohmann::json::parse(describe_profile(options, map));
  EXPECT_TRUE(json.at("noNewPrivileges"));
  EXPECT_EQ(json.at("capabilities").size(), 11U);
  EXPECT_EQ(json.at("seccomp"), "builtin");
  EXPECT_EQ(json.at("uids").at(0).at("host"), 1000);
  const auto hidden = json.at("hiddenPaths").get<Words>();
  EXPECT_NE(std::find(hidden.begin(), hidden.end(), "/etc/x"), hidden.end());
  EXPECT_NE(std::find(hidden.begin(), hidden.end(), "/proc/kcore"), hidden.end());
  EXPECT_EQ(std::find(hidden.begin(), hidden.end(), "/proc/acpi"), hidden.end());
  options.security_options = {"systempaths=unconfined"};
  EXPECT_EQ(nlohmann::json::parse(describe_profile(options, map)).at("readOnlyPaths"), Words{"/sys"});
  options.network = "host";
  EXPECT_EQ(nlohmann::json::parse(describe_profile(options, map)).at("namespaces").size(), 6U);
}

TEST(NameOptions, ResolverOptionsAreWords) {
  EXPECT_EQ(parse_resolver_option("ndots:2"), "ndots:2");
  for (const char* bad : {"", "a b", "a\nnameserver 1.1.1.1", "#"})
    EXPECT_NE(engine_error([&] { (void)parse_resolver_option(bad); }), "") << bad;
}
