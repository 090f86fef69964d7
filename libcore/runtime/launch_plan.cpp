#include "libcore/runtime/launch_plan.hpp"

#include "libcore/base/ascii.hpp"
#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <algorithm>
#include <climits>

namespace husk::runtime {
namespace {

constexpr const char* default_path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
constexpr std::size_t max_host_file = 1 << 20;

std::string read_if_there(const char* path) {
  const Fd fd(::open(path, O_RDONLY | O_CLOEXEC));
  return fd ? read_all(fd.get(), max_host_file, path) : std::string{};
}

bool is_set(const std::vector<std::string>& environment, std::string_view name) {
  return std::ranges::any_of(environment, [&](const std::string& entry) {
    return entry.size() > name.size() && entry.starts_with(name) && entry[name.size()] == '=';
  });
}

template <class Visit>
void each_line(std::string_view text, Visit visit) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    visit(line);
  }
}

bool is_mapped(const std::vector<userns::IdRange>& map, std::uint32_t id) {
  return std::ranges::any_of(map, [id](const userns::IdRange& range) {
    return id >= range.inside && id - range.inside < range.count;
  });
}

std::string plan_hosts(const std::string& of_host, const Spec& spec) {
  std::string text;
  if (spec.network == Network::host && !of_host.empty()) {
    text = of_host;
    if (!text.ends_with('\n')) text += '\n';
  } else {
    text = cat("127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n127.0.1.1 ", spec.host_name,
               "\n");
  }
  for (const HostEntry& entry : spec.extra_hosts) text += cat(entry.address, "\t", entry.name, "\n");
  return text;
}

// Without one that was asked for: too little for a file, and the one value with which the kernel starts no
// program of core_pattern either, core(5). What a container crashes with may be a secret. Where the caller
// may have no core files at all, it stays so.
std::vector<Limit> plan_limits(std::vector<Limit> wanted, rlim_t most_core) {
  const bool has_core =
      std::ranges::any_of(wanted, [](const Limit& limit) { return limit.resource == RLIMIT_CORE; });
  const rlim_t core = std::min<rlim_t>(1, most_core);
  if (!has_core) wanted.push_back({.name = "core", .resource = RLIMIT_CORE, .soft = core, .hard = core});
  return wanted;
}

using Words = std::vector<std::string>;

void add_line(std::string& text, std::string_view name, const Words& words) {
  if (words.empty()) return;
  text += name;
  for (const std::string& word : words) text += cat(" ", word);
  text += '\n';
}

void check_host_name(const std::string& name) {
  const bool fine = !name.empty() && name.size() <= 64 && std::ranges::all_of(name, [](char c) {
    return is_alphanumeric(c) || c == '-' || c == '.' || c == '_';
  });
  if (!fine)
    throw Error(cat("host name ", quote(name), " is not 1 to 64 letters, digits, '-', '_' or '.'"),
                Exit::engine);
}

// execve(2) takes strings without a zero byte; an image may have them in its JSON.
void check_strings(const std::vector<std::string>& strings, std::string_view what) {
  for (const std::string& text : strings) {
    if (text.find('\0') != std::string::npos)
      throw Error(cat(what, " ", quote(text), " has a zero byte"), Exit::engine);
  }
}

}  // namespace

rlim_t find_most_core() {
  rlimit core{};
  if (::getrlimit(RLIMIT_CORE, &core) != 0) throw_errno("read the limit of core files");
  return core.rlim_max;
}

HostFacts read_host_facts() {
  return {read_if_there("/etc/resolv.conf"), read_if_there("/etc/hosts"), find_most_core()};
}

std::string plan_resolv_conf(const std::string& of_host, Network network, const NameResolution& wanted) {
  const bool as_host = wanted.servers.empty() && wanted.search.empty() && wanted.options.empty();
  if (network == Network::host && as_host) return of_host;
  if (network == Network::none && as_host) return "";
  std::string text;
  bool have_server = !wanted.servers.empty();
  for (const std::string& server : wanted.servers) text += cat("nameserver ", server, "\n");
  add_line(text, "search",
           wanted.search.size() == 1 && wanted.search.front() == "." ? Words{} : wanted.search);
  add_line(text, "options", wanted.options);
  each_line(network == Network::none ? std::string_view{} : of_host, [&](std::string_view line) {
    if (line.starts_with("nameserver") && wanted.servers.empty()) {
      const auto address = line.find_first_not_of(" \t", 10);
      const std::string_view server =
          address == std::string_view::npos ? std::string_view{} : line.substr(address);
      // A link-local address names an interface of the host.
      const bool is_near = server.starts_with("127.") || server == "::1" || server.starts_with("fe80:");
      if (server.empty() || (network == Network::private_network && is_near)) return;
      have_server = true;
      text += cat(line, "\n");
    }
    const bool is_search = line.starts_with("search") && wanted.search.empty();
    if (is_search || (line.starts_with("options") && wanted.options.empty())) text += cat(line, "\n");
  });
  if (!have_server && network == Network::private_network)
    text += cat("nameserver ", forwarded_name_server, "\n");
  return text;
}

std::vector<std::string> plan_environment(const std::vector<std::string>& wanted,
                                          const std::string& host_name, bool terminal) {
  std::vector<std::string> environment = wanted;
  if (!is_set(wanted, "PATH")) environment.push_back(cat("PATH=", default_path));
  if (!is_set(wanted, "HOSTNAME")) environment.push_back(cat("HOSTNAME=", host_name));
  if (terminal && !is_set(wanted, "TERM")) environment.emplace_back("TERM=xterm");
  return environment;
}

std::vector<std::string> plan_candidates(const std::string& name,
                                         const std::vector<std::string>& environment) {
  if (name.empty() || name.find('/') != std::string::npos) return {name};
  std::string path;
  for (const std::string& entry : environment) {
    if (entry.starts_with("PATH=")) path = entry.substr(5);
  }
  std::vector<std::string> candidates;
  for (std::string_view rest = path; !rest.empty();) {
    const std::string_view directory = rest.substr(0, rest.find(':'));
    rest.remove_prefix(std::min(rest.size(), directory.size() + 1));
    // Not the working directory, which an empty entry would mean.
    if (directory.starts_with('/')) candidates.push_back(cat(directory, "/", name));
  }
  return candidates;
}

void plan_command(const Spec& spec, rlim_t most_core, LaunchPlan& plan) {
  if (spec.arguments.empty() || spec.arguments.front().empty())
    throw Error("no command to execute", Exit::engine);
  check_strings(spec.arguments, "argument");
  check_strings(spec.environment, "environment entry");
  plan.limits = plan_limits(spec.limits, most_core);
  plan.working_directory = spec.working_directory.empty() ? "/" : spec.working_directory;
  if (!plan.working_directory.starts_with('/')) plan.working_directory.insert(0, "/");
  plan.user = parse_user(spec.user);
  plan.user_text = spec.user.empty() ? "0" : spec.user;
  plan.profile = spec.profile;
  plan.may_set_groups = spec.map.kind == userns::MapKind::subordinate && !spec.profile.keeps_groups;
  plan.groups = parse_groups(spec.profile.groups);
  if (!plan.groups.empty() && !plan.may_set_groups) {
    Error error("groups can't be added: the container has those of the caller", Exit::engine);
    error.set_hint("that takes subordinate ids, and no --group-add=keep-groups beside");
    throw error;
  }
  // With one id there is nobody to become: a set-user-ID program can only be a way to more.
  if (spec.map.kind == userns::MapKind::single) plan.profile.no_new_privileges = true;
  plan.terminal = spec.terminal;
  plan.standard_input = spec.standard_input;

  plan.arguments = spec.arguments;
  plan.environment = plan_environment(spec.environment, spec.host_name, spec.terminal);
  plan.candidates = plan_candidates(plan.arguments.front(), plan.environment);
  plan.has_home = is_set(plan.environment, "HOME");
  for (std::string& argument : plan.arguments) plan.argv.push_back(argument.data());
  for (std::string& entry : plan.environment) plan.envp.push_back(entry.data());
  plan.argv.push_back(nullptr);
  plan.envp.insert(plan.envp.end(), 2, nullptr);
}

void plan_launch(const Spec& spec, const HostFacts& facts, LaunchPlan& plan) {
  plan_command(spec, facts.most_core, plan);
  check_host_name(spec.host_name);
  plan.root = plan_overlay(spec.rootfs);
  plan.read_only = spec.read_only || spec.rootfs.upper.empty();
  plan.network = spec.network;
  plan.mounts = plan_mounts(spec.volumes, spec.mounts);
  plan.shm_size = cat(spec.shm_size);
  plan.files = {{"hosts", plan_hosts(facts.hosts, spec)},
                {"hostname", cat(spec.host_name, "\n")},
                {"resolv.conf", plan_resolv_conf(facts.resolv_conf, spec.network, spec.names)}};
  plan.forward_names = plan.files.back().content.find(forwarded_name_server) != std::string::npos;
  plan.host_name = spec.host_name;
  plan.system_paths = spec.system_paths;
  plan.has_tty_group = is_mapped(spec.map.gids, 5);
}

}  // namespace husk::runtime
