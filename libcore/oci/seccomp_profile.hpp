#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace husk::oci {

/// A profile for system calls as a file for --security-opt seccomp=FILE has it: OCI runtime-spec,
/// config-linux.md, Seccomp, with docker's archMap, includes and excludes. As text, but for numbers.
struct SeccompArgument {
  std::uint64_t index = 0;
  std::uint64_t value = 0;
  std::uint64_t value_two = 0;
  std::string comparison;  // "SCMP_CMP_EQ"
};

/// When a rule counts; empty is no condition.
struct SeccompCondition {
  std::vector<std::string> capabilities;   // "CAP_SYS_ADMIN"
  std::vector<std::string> architectures;  // "amd64"
  std::string kernel;                      // "4.8": at least
};

struct SeccompRule {
  std::vector<std::string> names;
  std::string action;  // "SCMP_ACT_ALLOW"
  std::optional<std::uint64_t> error;
  std::vector<SeccompArgument> arguments;
  SeccompCondition includes, excludes;
};

struct SeccompProfile {
  std::string default_action;
  std::optional<std::uint64_t> default_error;
  std::vector<std::string> architectures;  // "SCMP_ARCH_X86"
  /// docker's: with the first of them as the machine's own, the others, too.
  std::vector<std::vector<std::string>> architecture_map;
  std::vector<SeccompRule> rules;
};

/// Throws Error that names what is wrong.
SeccompProfile parse_seccomp_profile(std::string_view text);

}  // namespace husk::oci
