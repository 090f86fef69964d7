#include "libcore/container/capability_option.hpp"

#include "libcore/base/ascii.hpp"
#include "libcore/base/error.hpp"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <algorithm>
#include <array>
#include <set>

namespace husk::container {
namespace {

constexpr std::string_view all = "ALL";

// By number, capabilities(7).
constexpr std::array<std::string_view, 41> names = {"CHOWN",
                                                    "DAC_OVERRIDE",
                                                    "DAC_READ_SEARCH",
                                                    "FOWNER",
                                                    "FSETID",
                                                    "KILL",
                                                    "SETGID",
                                                    "SETUID",
                                                    "SETPCAP",
                                                    "LINUX_IMMUTABLE",
                                                    "NET_BIND_SERVICE",
                                                    "NET_BROADCAST",
                                                    "NET_ADMIN",
                                                    "NET_RAW",
                                                    "IPC_LOCK",
                                                    "IPC_OWNER",
                                                    "SYS_MODULE",
                                                    "SYS_RAWIO",
                                                    "SYS_CHROOT",
                                                    "SYS_PTRACE",
                                                    "SYS_PACCT",
                                                    "SYS_ADMIN",
                                                    "SYS_BOOT",
                                                    "SYS_NICE",
                                                    "SYS_RESOURCE",
                                                    "SYS_TIME",
                                                    "SYS_TTY_CONFIG",
                                                    "MKNOD",
                                                    "LEASE",
                                                    "AUDIT_WRITE",
                                                    "AUDIT_CONTROL",
                                                    "SETFCAP",
                                                    "MAC_OVERRIDE",
                                                    "MAC_ADMIN",
                                                    "SYSLOG",
                                                    "WAKE_ALARM",
                                                    "BLOCK_SUSPEND",
                                                    "AUDIT_READ",
                                                    "PERFMON",
                                                    "BPF",
                                                    "CHECKPOINT_RESTORE"};
static_assert(names[CAP_SETFCAP] == "SETFCAP" && names[CAP_CHECKPOINT_RESTORE] == "CHECKPOINT_RESTORE");

std::uint64_t bit(std::size_t number) { return std::uint64_t{1} << number; }

std::uint64_t bit_of(const std::string& name) {
  const auto* const found =
      std::ranges::find_if(names, [&](std::string_view each) { return name == cat("CAP_", each); });
  if (found == names.end()) {
    Error error(cat("unknown capability: ", quote(name)), Exit::engine);
    error.set_hint("capabilities(7) has their names");
    throw error;
  }
  return bit(static_cast<std::size_t>(found - names.begin()));
}

std::set<std::string> normalize(const std::vector<std::string>& words) {
  std::set<std::string> normal;
  for (const std::string& word : words) normal.insert(normalize_capability(word));
  if (normal.contains(std::string(all))) return {std::string(all)};
  return normal;
}

std::uint64_t bits_of(const std::vector<std::string>& some) {
  std::uint64_t set = 0;
  for (const std::string& name : some) set |= name == all ? all_capabilities() : bit_of(name);
  return set;
}

}  // namespace

std::string normalize_capability(std::string_view text) {
  constexpr std::string_view blanks = " \t\n\v\f\r";
  const std::string name = to_upper(trim_blanks(text, blanks));
  return name == all || name.starts_with("CAP_") ? name : cat("CAP_", name);
}

CapabilityChanges merge_capabilities(const std::vector<std::string>& add,
                                     const std::vector<std::string>& drop) {
  const std::set<std::string> added = normalize(add);
  std::set<std::string> dropped = normalize(drop);
  std::erase_if(dropped, [&](const std::string& name) { return added.contains(name); });
  return {{added.begin(), added.end()}, {dropped.begin(), dropped.end()}};
}

std::uint64_t change_capabilities(std::uint64_t base, const std::vector<std::string>& add,
                                  const std::vector<std::string>& drop) {
  const CapabilityChanges changes = merge_capabilities(add, drop);
  const std::uint64_t added = bits_of(changes.add), dropped = bits_of(changes.drop);
  const bool all_added = !changes.add.empty() && changes.add.front() == all;
  return all_added ? added & ~dropped : (base & ~dropped) | added;
}

std::uint64_t all_capabilities() {
  std::uint64_t set = 0;
  for (std::size_t number = 0; number < names.size(); ++number) {
    if (::prctl(PR_CAPBSET_READ, number, 0, 0, 0) >= 0) set |= bit(number);
  }
  return set;
}

std::vector<std::string> name_capabilities(std::uint64_t set) {
  std::vector<std::string> found;
  for (std::size_t number = 0; number < names.size(); ++number) {
    if ((set & bit(number)) != 0) found.push_back(cat("CAP_", names.at(number)));
  }
  return found;
}

}  // namespace husk::container
