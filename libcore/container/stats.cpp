#include "libcore/container/stats.hpp"

#include "libcore/base/ascii.hpp"
#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/base/process_stat.hpp"
#include "libcore/container/lines.hpp"
#include "libcore/container/processes.hpp"
#include "libcore/container/traffic.hpp"
#include "libcore/runtime/resources.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <unistd.h>
#include <algorithm>
#include <limits>

namespace husk::container {
namespace {

// Empty if it is not there, as of a process that has just ended, or not ours to read.
std::string read_if_any(const std::string& path) {
  constexpr std::size_t most = 1 << 20;  // a line for each network device
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return {};
  try {
    return read_all(file.get(), most, path);
  } catch (const SysError&) {
    return {};
  }
}

bool shares_our_network(pid_t pid) {
  struct stat own {};
  struct stat its {};
  return ::stat("/proc/self/ns/net", &own) == 0 && ::stat(cat("/proc/", pid, "/ns/net").c_str(), &its) == 0 &&
         own.st_ino == its.st_ino && own.st_dev == its.st_dev;
}

}  // namespace

std::optional<Usage> measure_usage(const store::Container& container) {
  const store::ContainerState state = store::read_state(container);
  if (state.status != store::Status::running) return std::nullopt;
  const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  Usage usage;
  usage.when = std::chrono::steady_clock::now();
  std::vector<pid_t> pids;
  try {
    pids = list_processes(state.pid);
  } catch (const Error&) {
    return std::nullopt;  // it has just ended
  }
  for (const pid_t pid : pids) {
    const auto stat = read_process_stat(pid);
    if (!stat) continue;
    ++usage.processes;
    usage.cpu_ticks += stat->cpu_ticks + stat->waited_ticks;
    usage.memory += stat->resident * page;
    const Traffic disk = parse_process_io(read_if_any(cat("/proc/", pid, "/io")));
    usage.read += disk.in;
    usage.written += disk.out;
  }
  if (!shares_our_network(state.pid)) {
    const Traffic network = parse_network_devices(read_if_any(cat("/proc/", state.pid, "/net/dev")));
    usage.received = network.in;
    usage.sent = network.out;
  }
  return usage;
}

double cpu_share(const Usage& before, const Usage& after) {
  const std::chrono::duration<double> passed = after.when - before.when;
  // A process that ended unseen took its time with it.
  if (passed.count() <= 0 || after.cpu_ticks <= before.cpu_ticks) return 0;
  const auto used = static_cast<double>(after.cpu_ticks - before.cpu_ticks);
  return 100 * used / static_cast<double>(::sysconf(_SC_CLK_TCK)) / passed.count();
}

std::uint64_t machine_memory() {
  struct sysinfo info {};
  if (::sysinfo(&info) != 0) throw_errno("ask for the machine's memory");
  return std::uint64_t{info.totalram} * info.mem_unit;
}

std::uint64_t memory_limit(const store::ContainerConfig& config) {
  const auto limit = runtime::parse_resources(config.profile.resources).memory;
  return std::min(machine_memory(), limit.value_or(std::numeric_limits<std::uint64_t>::max()));
}

}  // namespace husk::container
