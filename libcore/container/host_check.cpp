#include "libcore/container/host_check.hpp"

#include "libcore/base/text.hpp"

#include <algorithm>

namespace husk::container {
namespace {

using Result = Check::Result;

// A hint as a command, where it is one for a package.
std::string command_of(const std::string& hint) {
  constexpr std::string_view package = "install the package '";
  if (!hint.starts_with(package)) return hint;
  return cat("sudo apt-get install ",
             std::string_view(hint).substr(package.size(), hint.size() - package.size() - 1));
}

Check check_user_namespaces(const HostFacts& facts) {
  Check check{"user namespaces"};
  if (!facts.user_namespaces) return check;
  check.result = Result::broken;
  check.detail = facts.user_namespaces->problem;
  check.remedy = facts.unprivileged_namespaces == 0 ? "sudo sysctl -w kernel.unprivileged_userns_clone=1"
                 : facts.apparmor_restricts == 1
                     ? "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"
                 : facts.max_user_namespaces == 0 ? "sudo sysctl -w user.max_user_namespaces=15000"
                                                  : facts.user_namespaces->hint;
  return check;
}

Check check_subordinate_ids(const HostFacts& facts) {
  Check check{"subordinate ids"};
  if (!facts.subordinate_ids) return check;
  check.result = Result::limited;
  check.detail = cat(facts.subordinate_ids->problem,
                     "; files and processes of containers have one owner, as with "
                     "--userns=single");
  check.remedy = command_of(facts.subordinate_ids->hint);
  return check;
}

Check check_overlay(const HostFacts& facts) {
  Check check{"overlay file system"};
  check.detail = cat("the store is on ", facts.file_system);
  if (!facts.overlay) return check;
  check.result = Result::broken;
  check.detail += cat("; ", facts.overlay->problem);
  check.remedy = facts.overlay->hint;
  return check;
}

Check check_filters(const HostFacts& facts) {
  Check check{"system-call filters"};
  if (facts.has_filters) return check;
  check.result = Result::broken;
  check.detail = "the kernel has no seccomp (CONFIG_SECCOMP_FILTER)";
  return check;
}

Check check_network(const HostFacts& facts) {
  Check check{"private network"};
  if (facts.network_program) {
    check.detail = cat(facts.network_program->problem, "; --network=host and none work");
    check.remedy = command_of(facts.network_program->hint);
  } else if (!facts.has_tunnel) {
    check.detail = "/dev/net/tun can't be opened; --network=host and none work";
    check.remedy = "sudo modprobe tun; sudo chmod 0666 /dev/net/tun";
  } else {
    return check;
  }
  check.result = Result::limited;
  return check;
}

Check check_ports(const HostFacts& facts) {
  Check check{"published ports"};
  const int first = facts.first_port.value_or(1024);
  check.detail = first == 0 ? "all" : cat("from ", first, " on");
  if (first <= 80) return check;
  check.result = Result::limited;
  check.remedy = "sudo sysctl -w net.ipv4.ip_unprivileged_port_start=80";
  return check;
}

Check check_groups(const HostFacts& facts) {
  Check check{"limits"};
  if (!facts.control_groups) return check;
  check.result = Result::limited;
  check.detail = cat(facts.control_groups->problem, "; --limits=best-effort works");
  if (!facts.has_unified_groups) {
    check.remedy = "add systemd.unified_cgroup_hierarchy=1 to the kernel's command line";
  } else if (facts.has_systemd) {
    check.remedy =
        "sudo mkdir -p /etc/systemd/system/user@.service.d && printf '[Service]\\nDelegate=cpu cpuset io "
        "memory "
        "pids\\n' | sudo tee /etc/systemd/system/user@.service.d/delegate.conf && sudo systemctl "
        "daemon-reload; then "
        "log in again, and systemd-run --user --scope -p Delegate=yes COMMAND";
  } else {
    check.remedy = facts.control_groups->hint;
  }
  return check;
}

std::string_view result_word(Result result) {
  switch (result) {
    case Result::good: return "yes";
    case Result::limited: return "limited";
    case Result::broken: return "no";
  }
  return "?";
}

}  // namespace

std::vector<Check> judge(const HostFacts& facts) {
  return {check_user_namespaces(facts), check_subordinate_ids(facts), check_overlay(facts),
          check_filters(facts),         check_network(facts),         check_ports(facts),
          check_groups(facts)};
}

bool can_run(const std::vector<Check>& checks) {
  return std::ranges::none_of(checks, [](const Check& check) { return check.result == Result::broken; });
}

std::string print_checks(const std::vector<Check>& checks) {
  constexpr std::size_t width = 22;
  std::string text;
  for (const Check& check : checks) {
    text += cat(check.name, std::string(width - check.name.size(), ' '), result_word(check.result));
    text += check.detail.empty() ? "\n" : cat(": ", check.detail, "\n");
    if (!check.remedy.empty()) text += cat(std::string(width, ' '), "-> ", check.remedy, "\n");
  }
  return text;
}

Value to_value(const std::vector<Check>& checks) {
  Value::List list;
  for (const Check& check : checks) {
    list.emplace_back(Value::Object{{"Name", check.name},
                                    {"Result", result_word(check.result)},
                                    {"Detail", check.detail},
                                    {"Remedy", check.remedy}});
  }
  return list;
}

}  // namespace husk::container
