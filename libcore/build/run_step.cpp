#include "libcore/build/run_step.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/random.hpp"
#include "libcore/base/sys.hpp"
#include "libcore/build/mount_points.hpp"
#include "libcore/build/run_devices.hpp"
#include "libcore/build/step_mounts.hpp"
#include "libcore/dockerfile/heredoc.hpp"
#include "libcore/runtime/container.hpp"
#include "libcore/userns/run_in.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>

namespace husk::build {
namespace {

using dockerfile::Run;
using dockerfile::SyntaxError;
using runtime::Network;

// Where the body of a heredoc that is a script of its own is mounted.
constexpr std::string_view script_directory = "/.husk-script/";

Network choose_network(const Run& run, const Options& options) {
  if (run.network.empty() || run.network.text == "default") return options.run.network;
  if (run.network.text == "none") return Network::none;
  if (options.run.network != Network::host && !options.run.allowed.host_network) {
    SyntaxError error(run.network.at, "RUN --network=host has to be allowed");
    error.set_hint("husk-build --allow network.host, or --network=host for every RUN");
    throw error;
  }
  return Network::host;
}

void refuse_unsupported(const Run& run) {
  if (run.security.empty() || run.security.text == "sandbox") return;
  throw SyntaxError(run.security.at,
                    cat("--security=", escape(run.security.text), " is never granted; only sandbox is"));
}

// The text that the shell gets. "<<EOF" alone is a script, "python3 <<EOF" is put together again for the
// shell.
std::string shell_text(const Run& run, RunOrder& order) {
  const std::string& text = run.command.words.front().text;
  const auto& heredocs = run.command.heredocs;
  if (heredocs.empty()) return text;
  if (const auto alone = dockerfile::parse_heredoc(text)) {
    std::string body = heredocs.front().chomped();
    if (!body.starts_with("#!")) return body;
    order.script = heredocs.front();
    return cat(script_directory, alone->name);
  }
  std::string full = text;
  for (const auto& heredoc : heredocs) full += cat("\n", heredoc.content, heredoc.name);
  return full;
}

std::string history_of(const RunOrder& order,
                       const std::vector<std::pair<std::string, std::string>>& arguments,
                       const std::string& prefix) {
  std::string text = "RUN ";
  if (!arguments.empty()) {
    text += cat("|", arguments.size());
    for (const auto& [name, value] : arguments) text += cat(" ", name, "=", value);
    text += ' ';
  }
  text += prefix;
  for (const std::string& word : order.arguments) text += word + " ";
  return text + "# buildkit";
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) {
    out += word;
    out += '\0';
  }
  return out;
}

// A file of ours that a step sees read-only.
std::filesystem::path write_for_mount(const Session& session, const std::string& what,
                                      const std::string& content, mode_t mode) {
  const std::string name =
      cat(what, "-", random_hex(4));  // stages that are built beside this one have theirs
  Fd file = sys::create_at(session.lease.tmp(), name, O_CREAT | O_EXCL | O_WRONLY, 0600);
  sys::write_all(file.get(), content, name);
  if (::fchmod(file.get(), mode) != 0) throw_errno("set the mode of ", quote(name));
  file.close_written(name);
  return session.lease.tmp_path() / name;
}

// With one id only there is no user _apt to become, and setgroups(2) is denied: apt-get would fail before it
// downloads anything. Where the image has apt, it is told to stay who it is.
void help_apt(const Session& session, const runtime::Rootfs& rootfs, std::vector<runtime::Volume>& volumes) {
  if (session.map.kind != userns::MapKind::single) return;
  constexpr const char* directory = "etc/apt/apt.conf.d";
  const bool has_apt = std::any_of(rootfs.lower.begin(), rootfs.lower.end(), [&](const auto& layer) {
    std::error_code ignored;
    return std::filesystem::is_directory(std::filesystem::symlink_status(layer / directory, ignored));
  });
  if (!has_apt) return;
  const auto file = write_for_mount(session, "apt.conf", "APT::Sandbox::User \"root\";\n", 0644);
  volumes.push_back({.source = file,
                     .target = cat("/", directory, "/00husk-single-id"),
                     .read_only = runtime::ReadOnly::all});
}

// What needs no process of its own: the upper directory has nothing where something could have been made.
bool may_hold_mount_points(const std::filesystem::path& upper, const std::vector<std::string>& points) {
  return std::any_of(points.begin(), points.end(), [&](const std::string& point) {
    const std::string top = point.substr(1, point.find('/', 1) - 1);
    struct stat status {};
    return ::lstat((upper / top).c_str(), &status) == 0;
  });
}

void clean_up(const Session& session, const runtime::Rootfs& rootfs, const runtime::Spec& spec) {
  std::vector<std::string> targets;
  for (const runtime::Volume& volume : spec.volumes) targets.push_back(volume.target);
  for (const runtime::Mount& mount : spec.mounts) targets.push_back(mount.target);
  const std::vector<std::string> points = mount_points(targets);
  if (!may_hold_mount_points(rootfs.upper, points)) return;
  (void)session.user_namespace.run([&] {
    const auto open = [](const std::filesystem::path& path) {
      Fd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
      if (!fd) throw_errno("open ", quote(path));
      return fd;
    };
    std::vector<Fd> layers;
    std::vector<int> lower;
    for (const auto& path : rootfs.lower) lower.push_back(layers.emplace_back(open(path)).get());
    remove_mount_points(open(rootfs.upper).get(), lower, points);
    return std::string();
  });
}

// In the file system of the failed step, with its environment, user and working directory.
void open_shell(const Session& session, const RunOrder& order, runtime::Spec& spec, int code) {
  session.take_terminal(
      cat("exit code ", code, "; this is a shell in the step's file system, and its end is the build's"));
  spec.arguments = {order.shell};
  spec.terminal = true;
  spec.standard_input = true;
  try {
    (void)runtime::start(spec).wait();
  } catch (const Error& error) {
    session.report({.kind = Event::Kind::note, .text = cat("open ", quote(order.shell), ": ", error.what())});
  }
}

}  // namespace

RunOrder plan_run(const Run& run, const Scope& scope, const ImageState& state, const Options& options) {
  refuse_unsupported(run);
  RunOrder order;
  order.network = choose_network(run, options);
  if (run.command.exec_form) {
    for (const auto& word : run.command.words) order.arguments.push_back(word.text);
  } else {
    order.arguments = shell_of(state.config);
    order.arguments.push_back(shell_text(run, order));
  }
  order.key_environment = state.config.env;
  const auto arguments = scope.arguments();
  for (const auto& [name, value] : arguments) order.key_environment.push_back(cat(name, "=", value));
  order.environment = order.key_environment;
  for (const auto& [name, value] : scope.proxies()) order.environment.push_back(cat(name, "=", value));
  order.user = state.config.user;
  order.working_directory = state.config.working_dir.empty() ? "/" : state.config.working_dir;
  order.devices = plan_run_devices(run, options.run.allowed);
  order.mounts = plan_run_mounts(run, scope, state, options.arguments);
  const auto host_name = options.arguments.find("BUILDKIT_SANDBOX_HOSTNAME");
  order.shell = shell_of(state.config).front();
  order.host_name = host_name == options.arguments.end() ? "buildkitsandbox" : host_name->second;
  order.history = history_of(order, arguments, "");
  return order;
}

void add_to_key(StepKey& key, const RunOrder& order, const Options& options, const oci::Platform& platform) {
  key.add("arguments", joined(order.arguments));
  key.add("script", order.script ? order.script->chomped() : "");
  for (const std::string& variable : order.key_environment) {
    key.add(cat("environment ", variable.substr(0, variable.find('='))), variable);
  }
  key.add("user", order.user);
  key.add("working directory", order.working_directory);
  key.add("network", cat(static_cast<int>(order.network)));
  for (const runtime::Volume& volume : options.run.volumes) {
    const bool read_only = volume.read_only != runtime::ReadOnly::no;
    key.add("volume", cat(volume.source.native(), ":", volume.target, read_only ? ":ro" : ""));
  }
  for (const MountOrder& mount : order.mounts) add_to_key(key, mount);
  for (const std::string& device : order.devices) key.add("device", device);
  // What is not asked for is in no key, so that an older one stays good when there is something new to ask
  // for.
  if (order.host_name != "buildkitsandbox") key.add("host name", order.host_name);
  for (const runtime::HostEntry& host : options.run.hosts) key.add("host", host.name);  // not its address
  for (const runtime::Limit& limit : options.run.limits)
    key.add(cat("limit ", limit.name), cat(limit.soft, ":", limit.hard));
  if (options.run.shm_size) key.add("shm size", cat(*options.run.shm_size));
  key.add("platform", platform.str());
}

void execute_run(const Session& session, const RunOrder& order, const runtime::Rootfs& rootfs) {
  const StepMounts mounts(session, order.mounts);
  runtime::Spec spec;
  spec.map = session.map;
  spec.rootfs = rootfs;
  spec.arguments = order.arguments;
  spec.environment = order.environment;
  spec.working_directory = order.working_directory;
  spec.user = order.user;
  spec.host_name = order.host_name;
  spec.network = order.network;
  spec.volumes = session.options.run.volumes;
  spec.standard_input = false;
  spec.extra_hosts = session.options.run.hosts;
  spec.limits = session.options.run.limits;
  spec.shm_size = session.options.run.shm_size.value_or(spec.shm_size);
  mounts.add_to(spec);
  add_devices(spec, order.devices);
  if (order.script) {
    const auto file = write_for_mount(session, "script", order.script->chomped(), 0755);
    spec.volumes.push_back({.source = file,
                            .target = cat(script_directory, order.script->name),
                            .read_only = runtime::ReadOnly::all});
  }
  help_apt(session, rootfs, spec.volumes);

  int code = 0;
  try {
    runtime::Container container = runtime::start(spec);
    sys::reached("build.run_started");
    Fd user_namespace = userns::open_user_namespace(container.pid());
    code = container.wait().code;
    session.user_namespace.adopt(std::move(user_namespace));
  } catch (Error& error) {
    if (error.exit() != Exit::not_executable) error.set_exit(Exit::failure);  // 125 and 127 are husk-run's
    throw;
  }
  check_interrupted();
  if (code != 0) {
    if (session.options.shell_on_error) open_shell(session, order, spec, code);
    throw Error(code > 128 && code < 160 ? cat("killed by signal ", code - 128, " (exit code ", code, ")")
                                         : cat("exit code ", code));
  }
  sys::reached("build.run_ended");
  clean_up(session, rootfs, spec);
}

}  // namespace husk::build
