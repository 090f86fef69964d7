#include "libcore/oci/seccomp_profile.hpp"

#include "libcore/base/error.hpp"

#include <gtest/gtest.h>

using namespace husk;
using namespace husk::oci;
using Words = std::vector<std::string>;

TEST(SeccompProfile, IsReadAsDockerWritesIt) {
  const SeccompProfile profile = parse_seccomp_profile(R"({
    "defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 1,
    "archMap": [{"architecture": "SCMP_ARCH_X86_64", "subArchitectures": ["SCMP_ARCH_X86"]}],
    "syscalls": [
      {"names": ["read", "write"], "action": "SCMP_ACT_ALLOW"},
      {"name": "personality", "action": "SCMP_ACT_ALLOW", "errnoRet": 38,
       "args": [{"index": 0, "value": 8, "valueTwo": 1, "op": "SCMP_CMP_EQ"}],
       "includes": {"caps": ["CAP_SYS_ADMIN"], "minKernel": "4.8"}, "excludes": {"arches": ["s390x"]}}]})");
  EXPECT_EQ(profile.default_action, "SCMP_ACT_ERRNO");
  EXPECT_EQ(profile.default_error, 1U);
  EXPECT_EQ(profile.architecture_map.at(0), (Words{"SCMP_ARCH_X86_64", "SCMP_ARCH_X86"}));
  ASSERT_EQ(profile.rules.size(), 2U);
  EXPECT_EQ(profile.rules[0].names, (Words{"read", "write"}));
  EXPECT_EQ(profile.rules[1].names, Words{"personality"});
  EXPECT_EQ(profile.rules[1].error, 38U);
  EXPECT_EQ(profile.rules[1].arguments.at(0).value, 8U);
  EXPECT_EQ(profile.rules[1].arguments.at(0).comparison, "SCMP_CMP_EQ");
  EXPECT_EQ(profile.rules[1].includes.capabilities, Words{"CAP_SYS_ADMIN"});
  EXPECT_EQ(profile.rules[1].includes.kernel, "4.8");
  EXPECT_EQ(profile.rules[1].excludes.architectures, Words{"s390x"});
}

TEST(SeccompProfile, RefusesWhatIsNone) {
  for (const char* bad :
       {"", "[]", "{}", R"({"defaultAction": 1})", R"({"defaultAction": "x", "syscalls": {}})",
        R"({"defaultAction": "x", "syscalls": [{"names": ["a"]}]})",
        R"({"defaultAction": "x", "syscalls": [{"names": [1], "action": "y"}]})",
        R"({"defaultAction": "x", "syscalls": [{"action": "y", "args": [{"op": "z"}]}]})"}) {
    EXPECT_THROW((void)parse_seccomp_profile(bad), Error) << bad;
  }
}
