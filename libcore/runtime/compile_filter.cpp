#include "libcore/runtime/compile_filter.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/fd.hpp"
#include "libcore/base/io.hpp"

#include <seccomp.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <memory>

namespace husk::runtime {
namespace {

struct Release {
  void operator()(void* filter) const noexcept { seccomp_release(filter); }
};
using Filter = std::unique_ptr<void, Release>;

void check(int result, const std::string& what) {
  if (result < 0) throw SysError(-result, what);
}

struct Named {
  std::string_view name;
  std::uint32_t value;
};

template <std::size_t Count>
std::uint32_t look_up(const std::array<Named, Count>& table, const std::string& name, std::string_view what) {
  const auto* const found = std::ranges::find(table, name, &Named::name);
  if (found == table.end()) throw Error(cat(what, " ", quote(name), " is not known"));
  return found->value;
}

constexpr std::array actions = {Named{"SCMP_ACT_KILL", SCMP_ACT_KILL},
                                Named{"SCMP_ACT_KILL_THREAD", SCMP_ACT_KILL_THREAD},
                                Named{"SCMP_ACT_KILL_PROCESS", SCMP_ACT_KILL_PROCESS},
                                Named{"SCMP_ACT_TRAP", SCMP_ACT_TRAP},
                                Named{"SCMP_ACT_ERRNO", SCMP_ACT_ERRNO(0)},
                                Named{"SCMP_ACT_TRACE", SCMP_ACT_TRACE(0)},
                                Named{"SCMP_ACT_ALLOW", SCMP_ACT_ALLOW},
                                Named{"SCMP_ACT_LOG", SCMP_ACT_LOG}};

constexpr std::array comparisons = {Named{"SCMP_CMP_NE", SCMP_CMP_NE},
                                    Named{"SCMP_CMP_LT", SCMP_CMP_LT},
                                    Named{"SCMP_CMP_LE", SCMP_CMP_LE},
                                    Named{"SCMP_CMP_EQ", SCMP_CMP_EQ},
                                    Named{"SCMP_CMP_GE", SCMP_CMP_GE},
                                    Named{"SCMP_CMP_GT", SCMP_CMP_GT},
                                    Named{"SCMP_CMP_MASKED_EQ", SCMP_CMP_MASKED_EQ}};

// runc's default is EPERM.
std::uint32_t action_of(const std::string& name, std::optional<std::uint64_t> error) {
  const std::uint32_t action = look_up(actions, name, "the action");
  const auto number = static_cast<std::uint32_t>(error.value_or(EPERM) & 0xffffU);
  if (name == "SCMP_ACT_ERRNO" || name == "SCMP_ACT_TRACE") return action | number;
  return action;
}

// As in a profile, and as Go calls them.
struct Architecture {
  std::string_view profile;
  std::string_view go;
  std::uint32_t token;
};
constexpr std::array architectures = {Architecture{"SCMP_ARCH_X86_64", "amd64", SCMP_ARCH_X86_64},
                                      Architecture{"SCMP_ARCH_X86", "386", SCMP_ARCH_X86},
                                      Architecture{"SCMP_ARCH_X32", "x32", SCMP_ARCH_X32},
                                      Architecture{"SCMP_ARCH_AARCH64", "arm64", SCMP_ARCH_AARCH64},
                                      Architecture{"SCMP_ARCH_ARM", "arm", SCMP_ARCH_ARM}};

const Architecture& own_architecture() {
  const auto* const found = std::ranges::find(architectures, seccomp_arch_native(), &Architecture::token);
  if (found == architectures.end()) throw Error("profiles for this machine's processor are not known");
  return *found;
}

void add_architectures(const Filter& filter, const oci::SeccompProfile& profile) {
  std::vector<std::string> wanted = profile.architectures;
  for (const auto& line : profile.architecture_map) {
    if (line.front() == own_architecture().profile) wanted.insert(wanted.end(), line.begin(), line.end());
  }
  for (const Architecture& each : architectures) {
    if (each.token == seccomp_arch_native() || std::ranges::find(wanted, each.profile) == wanted.end())
      continue;
    check(seccomp_arch_add(filter.get(), each.token), cat("add the architecture ", each.profile));
  }
}

bool has_all(const std::vector<std::string>& set, const std::vector<std::string>& wanted) {
  return std::ranges::all_of(
      wanted, [&](const std::string& each) { return std::ranges::find(set, each) != set.end(); });
}

std::pair<int, int> version(std::string_view text) {
  std::pair<int, int> number;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number.first);
  if (failure == std::errc{} && end != text.data() + text.size())
    (void)std::from_chars(end + 1, text.data() + text.size(), number.second);
  return number;
}

bool is_kernel(const std::string& wanted) {
  utsname system{};
  return ::uname(&system) == 0 && version(system.release) >= version(wanted);
}

// Conditions as in moby's profiles: all that is included has to be there, and nothing that is excluded.
bool counts(const oci::SeccompRule& rule, const std::vector<std::string>& capabilities) {
  const std::vector<std::string> own = {std::string(own_architecture().go)};
  const auto is_own = [&](const std::string& each) { return each == own.front(); };
  const auto& [caps, arches, kernel] = rule.includes;
  if (!has_all(capabilities, caps) || (!arches.empty() && std::ranges::none_of(arches, is_own))) return false;
  if (!kernel.empty() && !is_kernel(kernel)) return false;
  const auto& excluded = rule.excludes;
  if (!excluded.kernel.empty() && is_kernel(excluded.kernel)) return false;
  return std::ranges::none_of(excluded.architectures, is_own) &&
         std::ranges::none_of(excluded.capabilities,
                              [&](const std::string& each) { return has_all(capabilities, {each}); });
}

std::vector<scmp_arg_cmp> compare(const std::vector<oci::SeccompArgument>& arguments) {
  std::vector<scmp_arg_cmp> all;
  for (const oci::SeccompArgument& each : arguments) {
    if (each.index > 5) throw Error(cat("a system call has no argument ", each.index));
    const auto how = static_cast<scmp_compare>(look_up(comparisons, each.comparison, "the comparison"));
    all.push_back({static_cast<unsigned>(each.index), how, each.value, each.value_two});
  }
  return all;
}

bool has_twice(const std::vector<scmp_arg_cmp>& all) {
  return std::ranges::any_of(all, [&](const scmp_arg_cmp& each) {
    return std::ranges::count(all, each.arg, &scmp_arg_cmp::arg) > 1;
  });
}

void add_rule(const Filter& filter, const oci::SeccompRule& rule, std::uint32_t otherwise) {
  const std::uint32_t action = action_of(rule.action, rule.error);
  if (action == otherwise) return;
  const std::vector<scmp_arg_cmp> arguments = compare(rule.arguments);
  for (const std::string& name : rule.names) {
    const int number = seccomp_syscall_resolve_name(name.c_str());
    if (number == __NR_SCMP_ERROR) continue;
    const auto add = [&](const scmp_arg_cmp* first, std::size_t count) {
      check(seccomp_rule_add_array(filter.get(), action, number, static_cast<unsigned>(count), first),
            cat("add a rule for ", quote(name)));
    };
    if (!has_twice(arguments)) {
      add(arguments.data(), arguments.size());
    } else {
      // Of conditions for one argument any will do.
      for (const scmp_arg_cmp& each : arguments) add(&each, 1);
    }
  }
}

}  // namespace

std::string compile_filter(const oci::SeccompProfile& profile, const std::vector<std::string>& capabilities) {
  const std::uint32_t otherwise = action_of(profile.default_action, profile.default_error);
  const Filter filter(seccomp_init(otherwise));
  if (!filter) throw Error(cat("the default action ", quote(profile.default_action), " can't be had"));
  add_architectures(filter, profile);
  check(seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2), "optimise the filter");
  // A set-user-ID program is nobody's business here: see Profile::no_new_privileges.
  check(seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_NNP, 0), "set up the filter");
  for (const oci::SeccompRule& rule : profile.rules) {
    if (counts(rule, capabilities)) add_rule(filter, rule, otherwise);
  }
  const Fd file(::memfd_create("filter", MFD_CLOEXEC));
  if (!file) throw_errno("create a file in memory");
  check(seccomp_export_bpf(filter.get(), file.get()), "write the filter");
  constexpr std::size_t limit = 1 << 20;
  if (::lseek(file.get(), 0, SEEK_SET) != 0) throw_errno("read the filter");
  return read_all(file.get(), limit, "filter");
}

}  // namespace husk::runtime
