#include "libcore/runtime/spec_message.hpp"

#include "libcore/base/error.hpp"

#include <gtest/gtest.h>

namespace husk::runtime {
namespace {

Spec full_spec() {
  Spec spec;
  spec.map = {userns::MapKind::subordinate, {{0, 1000, 1}, {1, 100000, 65536}}, {{0, 1000, 1}}};
  spec.rootfs = {{"/a", "/b c"}, "/upper", "/work", WrittenTo::memory};
  spec.read_only = true;
  spec.arguments = {"sh", "", "-c", std::string("a\0b", 3), "4:x"};
  spec.environment = {"A=1", "B=\xff"};
  spec.working_directory = "/w";
  spec.user = "1:2";
  spec.host_name = "h";
  spec.network = Network::none;
  spec.extra_hosts = {{"name", "::1"}};
  spec.volumes = {{"/host", "/in", ReadOnly::top, Propagation::follow, false, FileNumber{1, 2}}};
  spec.mounts = {
      {"/tree", false, TreeMount{{{"/l"}, "", "", WrittenTo::disk}, "/p"}},
      {"/memory", false, MemoryMount{4096}},
      {"/secret", true, SecretMount{7, 0440, 1, 2}},
      {"/dev/x", true, DeviceMount{"/dev/null"}},
  };
  spec.shm_size = 1;
  spec.limits = {{"nofile", RLIMIT_NOFILE, 1, 2}};
  spec.profile = {.capabilities = 5, .filters_calls = false, .no_new_privileges = true, .groups = {"g"}};
  spec.profile.keeps_groups = true;
  spec.profile.oom_score_adjustment = 7;
  spec.profile.has_init = true;
  spec.system_paths = {true, {"/proc/x"}, {"/y"}, {{"net/z", "1"}}};
  spec.names = {{"1.1.1.1"}, {"example.org"}, {"ndots:1"}};
  spec.terminal = true;
  spec.standard_input = false;
  return spec;
}

}  // namespace

TEST(SpecMessage, HasAllThatTheFirstProcessNeeds) {
  const std::string text = print_spec(full_spec(), {"nameserver 1.1.1.1\n", "::1 localhost\n"});
  const auto [spec, facts] = parse_spec(text);
  EXPECT_EQ(print_spec(spec, facts), text);
  const Spec wanted = full_spec();
  EXPECT_EQ(spec.map, wanted.map);
  EXPECT_EQ(spec.rootfs.lower, wanted.rootfs.lower);
  EXPECT_EQ(spec.rootfs.written_to, WrittenTo::memory);
  EXPECT_EQ(spec.arguments, wanted.arguments);
  EXPECT_EQ(spec.environment, wanted.environment);
  EXPECT_EQ(spec.extra_hosts.at(0).address, "::1");
  EXPECT_EQ(spec.volumes.at(0).source, "/host");
  EXPECT_EQ(spec.volumes.at(0).read_only, ReadOnly::top);
  EXPECT_EQ(spec.volumes.at(0).propagation, Propagation::follow);
  EXPECT_FALSE(spec.volumes.at(0).with_mounts_below);
  ASSERT_TRUE(spec.volumes.at(0).expected.has_value());
  EXPECT_EQ(spec.volumes.at(0).expected->inode, 2U);
  EXPECT_EQ(spec.profile.capabilities, 5U);
  EXPECT_TRUE(spec.profile.no_new_privileges && spec.profile.keeps_groups && spec.profile.has_init);
  EXPECT_FALSE(spec.profile.filters_calls);
  EXPECT_EQ(spec.profile.oom_score_adjustment, 7);
  EXPECT_EQ(spec.system_paths.settings.at(0).second, "1");
  EXPECT_EQ(spec.system_paths.hidden.at(0), "/y");
  EXPECT_EQ(spec.names.options.at(0), "ndots:1");
  EXPECT_EQ(std::get<TreeMount>(spec.mounts.at(0).what).path, "/p");
  EXPECT_EQ(std::get<MemoryMount>(spec.mounts.at(1).what).size, 4096U);
  EXPECT_EQ(std::get<SecretMount>(spec.mounts.at(2).what).content, 7);
  EXPECT_EQ(std::get<DeviceMount>(spec.mounts.at(3).what).source, "/dev/null");
  EXPECT_STREQ(spec.limits.at(0).name, "nofile");
  EXPECT_EQ(facts.hosts, "::1 localhost\n");
  EXPECT_TRUE(spec.terminal && spec.read_only && !spec.standard_input);
}

TEST(SpecMessage, IsWholeOrNothing) {
  const std::string text = print_spec(full_spec(), {});
  for (std::size_t size = 0; size < text.size(); size += 7)
    EXPECT_THROW((void)parse_spec(text.substr(0, size)), Error) << size;
}

}  // namespace husk::runtime
