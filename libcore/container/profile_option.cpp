#include "libcore/container/profile_option.hpp"

#include "libcore/base/error.hpp"
#include "libcore/container/capability_option.hpp"
#include "libcore/container/in_engine.hpp"
#include "libcore/container/tool_process.hpp"
#include "libcore/runtime/user.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace husk::container {
namespace {

[[noreturn]] void fail(std::string message, std::string hint = {}) {
  Error error(std::move(message), Exit::engine);
  error.set_hint(std::move(hint));
  throw error;
}

std::vector<std::string> split_paths(std::string_view value, std::string_view option) {
  std::vector<std::string> paths;
  for (std::string_view rest = value; !rest.empty();) {
    const std::string_view path = rest.substr(0, rest.find(':'));
    rest.remove_prefix(std::min(rest.size(), path.size() + 1));
    if (!path.starts_with('/') || path.size() > 200)
      fail(cat("--security-opt ", option, ": ", quote(path), " is no absolute path"));
    std::string normal = std::filesystem::path(path).lexically_normal().string();
    while (normal.size() > 1 && normal.ends_with('/')) normal.pop_back();
    paths.push_back(std::move(normal));
  }
  if (paths.empty()) fail(cat("--security-opt ", option, ": no path is named"));
  return paths;
}

bool is_at_or_below(const std::string& path, const std::string& above) {
  return path == above || path.starts_with(above + "/");
}

// What shows nothing is a mistake: below a read-only path there is nothing to change alone.
std::vector<std::string> split_visible_paths(std::string_view value) {
  std::vector<std::string> covered = runtime::hidden_paths();
  std::ranges::move(runtime::read_only_paths(), std::back_inserter(covered));
  std::vector<std::string> paths = split_paths(value, "unmask");
  for (const std::string& path : paths) {
    if (std::ranges::none_of(covered, [&](const std::string& each) { return is_at_or_below(each, path); }))
      fail(cat("--security-opt unmask: ", quote(path), " is no path that is hidden or read-only"),
           "--show-profile lists them");
  }
  return paths;
}

void append(std::vector<std::string>& all, std::vector<std::string> more) {
  std::ranges::move(more, std::back_inserter(all));
}

void add_security_option(store::ProfileConfig& profile, std::string_view text) {
  const auto separator = text.find_first_of("=:");
  const std::string_view name = text.substr(0, separator);
  const std::string_view value =
      separator == std::string_view::npos ? std::string_view{} : text.substr(separator + 1);
  if (name == "no-new-privileges") {
    if (separator != std::string_view::npos && value != "true" && value != "false")
      fail(cat("--security-opt ", quote(text), ": it is true or false"));
    profile.no_new_privileges = value != "false";
  } else if (name == "seccomp") {
    if (value.empty()) fail(cat("--security-opt ", quote(text), ": it is unconfined, builtin or a file"));
    profile.filters_calls = value != "unconfined";
    profile.filter = value == "unconfined" || value == "builtin" ? "" : std::string(value);
  } else if (name == "systempaths") {
    if (value != "unconfined") fail(cat("--security-opt ", quote(text), ": it is systempaths=unconfined"));
    profile.all_visible = true;
  } else if (name == "mask") {
    append(profile.hidden, split_paths(value, name));
  } else if (name == "unmask") {
    if (value == "ALL" || value == "all")
      profile.all_visible = true;
    else
      append(profile.visible, split_visible_paths(value));
  } else if ((name == "apparmor" && value == "unconfined") || (name == "label" && value == "disable")) {
    // No profile but the caller's own is ever applied, and no label.
  } else {
    fail(cat("--security-opt ", quote(text), ": there is no such option"),
         "known are no-new-privileges, seccomp, systempaths, mask and unmask");
  }
}

// By a program of its own: who has no such file needs neither a parser for it nor libseccomp.
std::string compile(const std::string& file, std::uint64_t capabilities) {
  std::vector<std::string> words;
  for (const std::string& name : name_capabilities(capabilities)) words.insert(words.end(), {"--cap", name});
  words.insert(words.end(), {"--", file});
  return run_tool_for_output("husk-seccomp", words);
}

// As sysctl(8): what comes first, '.' or '/', stands between the parts, and the other one for '.'.
std::string path_of_setting(std::string_view text) {
  std::string name(text);
  const auto first = name.find_first_of("./");
  if (first == std::string::npos || name[first] == '/') return name;
  for (char& c : name) c = c == '.' ? '/' : c == '/' ? '.' : c;
  return name;
}

// Those that belong to namespaces of the container: docker's list.
void add_setting(store::ProfileConfig& profile, std::string_view text, bool own_network) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0)
    fail(cat("--sysctl ", quote(text), " is not NAME=VALUE"));
  const std::string name = path_of_setting(text.substr(0, equals));
  constexpr std::array<std::string_view, 8> of_ipc = {
      "kernel/msgmax", "kernel/msgmnb", "kernel/msgmni", "kernel/sem",
      "kernel/shmall", "kernel/shmmax", "kernel/shmmni", "kernel/shm_rmid_forced"};
  const bool is_of_network = name.starts_with("net/");
  const bool is_own =
      is_of_network || name.starts_with("fs/mqueue/") || std::ranges::find(of_ipc, name) != of_ipc.end();
  if (!is_own || name.find("..") != std::string::npos)
    fail(cat("--sysctl ", quote(text), ": it is not of a namespace that the container has of its own"));
  if (is_of_network && !own_network)
    fail(cat("--sysctl ", quote(text), ": with --network=host it is the host's"));
  profile.settings.emplace_back(name, text.substr(equals + 1));
}

void add_groups(store::ProfileConfig& profile, const RunOptions& options) {
  profile.groups = options.groups;
  profile.keeps_groups = std::erase(profile.groups, "keep-groups") != 0;
  if (profile.keeps_groups && !profile.groups.empty())
    fail("--group-add keep-groups can't be together with other groups",
         "the caller's are kept, or others added");
  (void)in_engine([&] { return runtime::parse_groups(profile.groups); });
}

std::string list(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += cat(text.empty() ? "" : ", ", json_string(word));
  return cat("[", text, "]");
}

std::string list(const std::vector<userns::IdRange>& ranges) {
  std::string text;
  for (const userns::IdRange& range : ranges) {
    text += cat(text.empty() ? "" : ", ", "{\"container\": ", range.inside, ", \"host\": ", range.outside,
                ", \"count\": ", range.count, "}");
  }
  return cat("[", text, "]");
}

std::string_view boolean(bool value) { return value ? "true" : "false"; }

std::vector<std::string> namespaces(const RunOptions& options) {
  std::vector<std::string> all = {"user", "mount", "pid", "ipc", "uts", "cgroup"};
  if (parse_network(options.network) != runtime::Network::host) all.emplace_back("network");
  return all;
}

std::vector<std::string> without_visible(std::vector<std::string> paths,
                                         const store::ProfileConfig& profile) {
  std::erase_if(paths, [&](const std::string& path) {
    return profile.all_visible || std::ranges::any_of(profile.visible, [&](const std::string& visible) {
             return is_at_or_below(path, visible);
           });
  });
  return paths;
}

}  // namespace

store::ProfileConfig plan_profile(const RunOptions& options) {
  store::ProfileConfig profile;
  if (options.privileged) {
    profile.filters_calls = false;
    profile.all_visible = true;
  }
  const std::uint64_t base = options.privileged ? all_capabilities() : runtime::default_capabilities();
  profile.capabilities = change_capabilities(base, options.capabilities_to_add, options.capabilities_to_drop);
  for (const std::string& text : options.security_options) add_security_option(profile, text);
  if (!profile.filter.empty()) profile.filter = compile(profile.filter, *profile.capabilities);
  add_groups(profile, options);
  for (const std::string& text : options.limits) (void)in_engine([&] { return runtime::parse_limit(text); });
  profile.limits = options.limits;
  if (!options.shm_size.empty())
    profile.shm_size = in_engine([&] { return runtime::parse_shm_size(options.shm_size); });
  const bool own_network = parse_network(options.network) != runtime::Network::host;
  for (const std::string& text : options.settings) add_setting(profile, text, own_network);
  if (options.oom_score_adjustment && std::abs(*options.oom_score_adjustment) > 1000)
    fail(cat("--oom-score-adj ", *options.oom_score_adjustment, " is not from -1000 to 1000"));
  profile.oom_score_adjustment = options.oom_score_adjustment;
  profile.has_init = options.init;
  return profile;
}

runtime::Profile profile_of(const store::ProfileConfig& config) {
  runtime::Profile profile;
  if (config.capabilities) profile.capabilities = *config.capabilities;
  profile.filters_calls = config.filters_calls;
  profile.filter = config.filter;
  profile.no_new_privileges = config.no_new_privileges;
  profile.groups = config.groups;
  profile.keeps_groups = config.keeps_groups;
  profile.oom_score_adjustment = config.oom_score_adjustment;
  return profile;
}

void apply_profile(const store::ProfileConfig& config, runtime::Spec& spec) {
  spec.profile = profile_of(config);
  spec.profile.has_init = config.has_init;
  spec.system_paths = {config.all_visible, config.visible, config.hidden, config.settings};
  for (const std::string& text : config.limits) spec.limits.push_back(runtime::parse_limit(text));
  if (config.shm_size) spec.shm_size = *config.shm_size;
}

std::string describe_profile(const RunOptions& options, const userns::IdMap& map) {
  const store::ProfileConfig profile = plan_profile(options);
  const bool single = map.kind == userns::MapKind::single;
  std::vector<std::string> hidden = without_visible(runtime::hidden_paths(), profile);
  append(hidden, profile.hidden);
  std::vector<std::string> read_only = without_visible(runtime::read_only_paths(), profile);
  read_only.emplace_back("/sys");
  std::vector<std::string> settings;
  for (const auto& [name, value] : profile.settings) settings.push_back(cat(name, "=", value));
  return cat("{\n  \"namespaces\": ", list(namespaces(options)),
             ",\n  \"network\": ", json_string(options.network), ",\n  \"uids\": ", list(map.uids),
             ",\n  \"gids\": ", list(map.gids),
             ",\n  \"capabilities\": ", list(name_capabilities(*profile.capabilities)),
             ",\n  \"noNewPrivileges\": ", boolean(single || profile.no_new_privileges), ",\n  \"seccomp\": ",
             !profile.filters_calls   ? "\"unconfined\""
             : profile.filter.empty() ? "\"builtin\""
                                      : "\"file\"",
             ",\n  \"hiddenPaths\": ", list(hidden), ",\n  \"readOnlyPaths\": ", list(read_only),
             ",\n  \"readOnlyRoot\": ", boolean(options.read_only), ",\n  \"groups\": ", list(profile.groups),
             ",\n  \"keepGroups\": ", boolean(single || profile.keeps_groups),
             ",\n  \"limits\": ", list(profile.limits), ",\n  \"sysctls\": ", list(settings),
             ",\n  \"shmSize\": ", profile.shm_size.value_or(runtime::Spec{}.shm_size),
             ",\n  \"oomScoreAdjustment\": ", profile.oom_score_adjustment.value_or(0),
             ",\n  \"init\": ", boolean(profile.has_init), "\n}\n");
}

}  // namespace husk::container
