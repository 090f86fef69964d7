#include "libcore/runtime/compile_filter.hpp"

#include "libcore/base/error.hpp"

#include <gtest/gtest.h>
#include <linux/filter.h>

using namespace husk;
using namespace husk::runtime;

namespace {

oci::SeccompProfile profile_with(oci::SeccompRule rule) {
  oci::SeccompProfile profile;
  profile.default_action = "SCMP_ACT_ALLOW";
  profile.rules = {std::move(rule)};
  return profile;
}

oci::SeccompRule refuse(const char* name) { return {.names = {name}, .action = "SCMP_ACT_ERRNO"}; }

}  // namespace

TEST(CompileFilter, MakesAProgram) {
  const std::string none = compile_filter(profile_with(refuse("there_is_no_such_call")), {});
  const std::string some = compile_filter(profile_with(refuse("chmod")), {});
  EXPECT_EQ(none.size() % sizeof(sock_filter), 0U);
  EXPECT_GT(some.size(), none.size());
}

TEST(CompileFilter, LooksAtConditions) {
  const std::string none = compile_filter(profile_with(refuse("there_is_no_such_call")), {});
  oci::SeccompRule rule = refuse("chmod");
  rule.includes.capabilities = {"CAP_SYS_ADMIN"};
  EXPECT_EQ(compile_filter(profile_with(rule), {}), none);
  EXPECT_NE(compile_filter(profile_with(rule), {"CAP_SYS_ADMIN"}), none);
  rule = refuse("chmod");
  rule.excludes.capabilities = {"CAP_SYS_ADMIN", "CAP_KILL"};
  EXPECT_EQ(compile_filter(profile_with(rule), {"CAP_KILL"}), none);
  EXPECT_NE(compile_filter(profile_with(rule), {}), none);
  rule = refuse("chmod");
  rule.includes.architectures = {"s390x"};
  EXPECT_EQ(compile_filter(profile_with(rule), {}), none);
  rule = refuse("chmod");
  rule.includes.kernel = "99.1";
  EXPECT_EQ(compile_filter(profile_with(rule), {}), none);
  rule.includes.kernel = "4.8";
  EXPECT_NE(compile_filter(profile_with(rule), {}), none);
}

TEST(CompileFilter, RefusesWhatItDoesNotKnow) {
  const auto refused = [](const oci::SeccompProfile& profile) {
    try {
      (void)compile_filter(profile, {});
      return false;
    } catch (const Error&) {
      return true;
    }
  };
  oci::SeccompRule rule = refuse("chmod");
  rule.action = "SCMP_ACT_NOTIFY";
  EXPECT_TRUE(refused(profile_with(rule)));
  rule = refuse("chmod");
  rule.arguments = {{.index = 6, .value = 0, .value_two = 0, .comparison = "SCMP_CMP_EQ"}};
  EXPECT_TRUE(refused(profile_with(rule)));
  rule.arguments = {{.index = 0, .value = 0, .value_two = 0, .comparison = "SCMP_CMP_WHAT"}};
  EXPECT_TRUE(refused(profile_with(rule)));
  // Twice one argument: any of both.
  rule.arguments = {{.index = 1, .value = 1, .value_two = 0, .comparison = "SCMP_CMP_EQ"},
                    {.index = 1, .value = 2, .value_two = 0, .comparison = "SCMP_CMP_EQ"}};
  EXPECT_FALSE(refused(profile_with(rule)));
}
