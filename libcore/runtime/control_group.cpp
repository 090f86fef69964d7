#include "libcore/runtime/control_group.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <set>
#include <sstream>

namespace husk::runtime {
namespace {

constexpr std::size_t most_text = 1 << 20;  // of a file that the kernel writes

std::string read_file_of_group(const std::string& path) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) throw_errno("open ", quote(path));
  return read_all(file.get(), most_text, path);
}

void write_file_of_group(const std::string& path, std::string_view text) {
  const Fd file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!file) throw_errno("open ", quote(path));
  write_all(file.get(), text, path);
}

std::set<std::string> words_of(const std::string& text) {
  std::istringstream in(text);
  std::set<std::string> words;
  for (std::string word; in >> word;) words.insert(word);
  return words;
}

// Where the tree of version 2 is mounted as a whole; proc(5), mountinfo.
std::string find_mount() {
  std::istringstream lines(read_file_of_group("/proc/self/mountinfo"));
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string id, parent, device, root, target, word, type;
    words >> id >> parent >> device >> root >> target;
    while (words >> word && word != "-") {
    }
    words >> type;
    if (type == "cgroup2" && root == "/") return target;
  }
  throw Error("this machine has no cgroups of version 2");
}

// "/user.slice/…": in the tree of version 2.
std::string group_of(const std::string& process) {
  std::istringstream lines(read_file_of_group(cat("/proc/", process, "/cgroup")));
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("0::/") && line.find("/../") == std::string::npos) return line.substr(3);
  }
  throw Error("the cgroup of this process is out of sight");
}

bool is_delegated(const std::string& directory) {
  return ::access(directory.c_str(), W_OK) == 0 &&
         ::access((directory + "/cgroup.procs").c_str(), W_OK) == 0 &&
         ::access((directory + "/cgroup.subtree_control").c_str(), W_OK) == 0;
}

std::set<std::string> controllers_for(const Resources& resources) {
  std::set<std::string> controllers;
  for (const CgroupSetting& setting : cgroup_settings(resources))
    controllers.insert(setting.file.substr(0, setting.file.find('.')));
  return controllers;
}

std::optional<std::string> missing_controller(const std::string& directory, const Resources& resources) {
  const auto there = words_of(read_file_of_group(directory + "/cgroup.controllers"));
  for (const std::string& controller : controllers_for(resources)) {
    if (!there.contains(controller)) return controller;
  }
  return std::nullopt;
}

[[noreturn]] void explain(const std::string& message) {
  Error error(message, Exit::engine);
  error.set_hint(
      "systemd-run --user --scope -p Delegate=yes COMMAND runs a command in a cgroup that is its own; "
      "--limits=best-effort takes limits of each process instead");
  throw error;
}

// Processes may be in leaves only ("no internal processes"): those of our own cgroup move into one.
void move_into_leaf(const std::string& directory) {
  const std::string leaf = directory + "/callers";
  if (::mkdir(leaf.c_str(), 0755) != 0 && errno != EEXIST) throw_errno("make cgroup ", quote(leaf));
  for (const std::string& pid : words_of(read_file_of_group(directory + "/cgroup.procs"))) {
    try {
      write_file_of_group(leaf + "/cgroup.procs", pid);
    } catch (const SysError& error) {
      if (error.code() != ESRCH) throw;  // it has ended meanwhile
    }
  }
}

void pass_on_controllers(const Delegation& delegation, const Resources& resources) {
  const std::string file = delegation.path + "/cgroup.subtree_control";
  const auto passed_on = words_of(read_file_of_group(file));
  for (const std::string& controller : controllers_for(resources)) {
    if (!passed_on.contains(controller)) write_file_of_group(file, "+" + controller);
  }
}

void set_affinity(const std::vector<unsigned>& cpus) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (const unsigned cpu : cpus) {
    if (cpu < CPU_SETSIZE) CPU_SET(cpu, &set);
  }
  if (::sched_setaffinity(0, sizeof set, &set) != 0)
    throw_errno("choose processors: those that are asked for are not there, or not for this user");
}

}  // namespace

Delegation find_delegation(const Resources& resources) {
  const std::string mount = find_mount();
  if (!resources.parent.empty()) {
    const std::string directory = mount + resources.parent;
    if (::access(directory.c_str(), F_OK) != 0) throw_errno("--cgroup-parent ", quote(resources.parent));
    if (!is_delegated(directory))
      explain(cat("the cgroup ", quote(resources.parent), " is not delegated to you"));
    if (const auto missing = missing_controller(directory, resources))
      explain(cat("the cgroup ", quote(resources.parent), " has no controller ", quote(*missing)));
    return {directory, resources.parent == group_of("self")};
  }
  const std::string own = group_of("self");
  const std::string here = own == "/" ? mount : mount + own;
  const std::string above = own == "/" ? "" : here.substr(0, here.rfind('/'));
  const bool above_is_ours = !above.empty() && above != mount && is_delegated(above);
  if (above_is_ours && !missing_controller(above, resources)) return {above, false};
  if (!is_delegated(here))
    explain(cat("the cgroup of this process, ", quote(own), ", is not delegated to you"));
  if (const auto missing = missing_controller(here, resources))
    explain(cat("the cgroup of this process, ", quote(own), ", has no controller ", quote(*missing)));
  return {here, true};
}

ControlGroup::ControlGroup(const Delegation& delegation, const Resources& resources, const std::string& id)
    : path_(cat(delegation.path, "/husk-", id)), made_(true) {
  if (delegation.is_own) move_into_leaf(delegation.path);
  pass_on_controllers(delegation, resources);
  if (::mkdir(path_.c_str(), 0755) != 0 && errno != EEXIST) throw_errno("make cgroup ", quote(path_));
  try {
    for (const CgroupSetting& setting : cgroup_settings(resources))
      write_file_of_group(cat(path_, "/", setting.file), setting.value);
    enter();
  } catch (const Error&) {
    (void)::rmdir(path_.c_str());
    throw;
  }
}

ControlGroup::ControlGroup(pid_t pid) : path_(find_mount() + group_of(std::to_string(pid))) { enter(); }

void ControlGroup::enter() {
  back_ = find_mount() + group_of("self");
  if (back_ == path_) return;
  write_file_of_group(path_ + "/cgroup.procs", "0");
  inside_ = true;
}

void ControlGroup::leave() {
  if (!inside_) return;
  write_file_of_group(back_ + "/cgroup.procs", "0");
  inside_ = false;
}

ControlGroup::~ControlGroup() {
  try {
    leave();
  } catch (const Error&) {
    // The container is at its end, or never began; what is left is a directory in the tree of cgroups.
  }
  if (made_) (void)::rmdir(path_.c_str());
}

bool is_in_group_of(pid_t pid, const std::string& id) {
  return group_of(std::to_string(pid)).ends_with("/husk-" + id);
}

Affinity::Affinity(const std::string& cpus) {
  if (cpus.empty()) return;
  std::vector<unsigned> before = allowed();
  set_affinity(parse_cpu_list(cpus));
  before_ = std::move(before);
}

Affinity::~Affinity() {
  try {
    if (!before_.empty()) set_affinity(before_);
  } catch (const Error&) {
    // They are not there any more; we go on where we are.
  }
}

std::vector<unsigned> Affinity::allowed() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(0, sizeof set, &set) != 0) throw_errno("look which processors there are");
  std::vector<unsigned> cpus;
  for (unsigned cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &set)) cpus.push_back(cpu);
  }
  return cpus;
}

}  // namespace husk::runtime
