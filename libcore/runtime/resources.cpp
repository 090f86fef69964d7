#include "libcore/runtime/resources.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/quantity.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace husk::runtime {
namespace {

[[noreturn]] void fail(std::string_view option, std::string_view value, std::string_view reason) {
  throw Error(cat("--", option, " ", quote(value), ": ", reason), Exit::usage);
}

// Docker's daemon takes no less.
constexpr std::uint64_t least_memory = std::uint64_t{6} << 20;

std::uint64_t parse_memory(std::string_view option, std::string_view value) {
  const auto size = parse_size(value);
  if (!size) fail(option, value, "it is no size: for instance 512m or 2g");
  return *size;
}

std::int64_t parse_whole(std::string_view option, std::string_view value) {
  std::int64_t number = 0;
  const auto [end, failure] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (failure != std::errc{} || end != value.data() + value.size()) fail(option, value, "it is no number");
  return number;
}

std::uint64_t parse_cpus(std::string_view value) {
  double number = 0;
  const auto [end, failure] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (failure != std::errc{} || end != value.data() + value.size() || !std::isfinite(number))
    fail("cpus", value, "it is no number: for instance 1.5");
  // The kernel takes no quota under a millisecond.
  if (number < 0.01 || number > 8192) fail("cpus", value, "it is not from 0.01 to 8192");
  return static_cast<std::uint64_t>(std::llround(number * double{cpu_period}));
}

void set(Resources& resources, std::string_view option, std::string_view value) {
  if (option == "memory") {
    resources.memory = parse_memory(option, value);
    if (*resources.memory < least_memory) fail(option, value, "it is less than 6 MiB");
  } else if (option == "memory-reservation") {
    resources.memory_reservation = parse_memory(option, value);
  } else if (option == "memory-swap") {
    resources.unlimited_swap = value == "-1";
    if (!resources.unlimited_swap) resources.memory_and_swap = parse_memory(option, value);
  } else if (option == "cpus") {
    resources.cpu_time = parse_cpus(value);
  } else if (option == "cpu-shares") {
    const std::int64_t shares = parse_whole(option, value);
    if (shares < 2 || shares > 262144) fail(option, value, "it is not from 2 to 262144");
    resources.cpu_shares = static_cast<std::uint64_t>(shares);
  } else if (option == "cpuset-cpus") {
    (void)parse_cpu_list(resources.cpus = value);
  } else if (option == "cpuset-mems") {
    (void)parse_cpu_list(resources.memory_nodes = value);
  } else if (option == "pids-limit") {
    const std::int64_t pids = parse_whole(option, value);
    if (pids < -1) fail(option, value, "it is negative");
    if (pids > 0) resources.pids = static_cast<std::uint64_t>(pids);
  } else if (option == "cgroup-parent") {
    resources.parent = value;
    if (!value.starts_with('/') || cat(value, "/").find("/../") != std::string::npos)
      fail(option, value, "it is no absolute path in the tree of cgroups");
  } else if (option == "limits") {
    if (value != "strict" && value != "best-effort") fail(option, value, "it is strict or best-effort");
    resources.best_effort = value == "best-effort";
  } else {
    throw Error(cat("no resource is called ", quote(option)));
  }
}

// "0,1,2".
std::string print_list(const std::vector<unsigned>& numbers) {
  std::string text;
  for (const unsigned number : numbers) text += cat(text.empty() ? "" : ",", number);
  return text;
}

}  // namespace

bool Resources::any() const { return !cgroup_settings(*this).empty() || !parent.empty(); }

Resources parse_resources(const std::vector<std::string>& options) {
  Resources resources;
  for (const std::string_view text : options) {
    const auto equals = text.find('=');
    set(resources, text.substr(0, equals), text.substr(equals + 1));
  }
  const auto& whole = resources.memory_and_swap;
  if ((whole || resources.unlimited_swap) && !resources.memory)
    throw Error("--memory-swap is for memory and swap together: it needs --memory", Exit::usage);
  if (whole && *whole < *resources.memory)
    throw Error("--memory-swap is less than --memory, which is a part of it", Exit::usage);
  if (resources.memory && resources.memory_reservation && *resources.memory_reservation > *resources.memory)
    throw Error("--memory-reservation is more than --memory", Exit::usage);
  return resources;
}

std::vector<CgroupSetting> cgroup_settings(const Resources& resources) {
  std::vector<CgroupSetting> settings;
  const auto add = [&](const char* file, const auto& value) { settings.push_back({file, cat(value)}); };
  if (resources.memory) {
    add("memory.max", *resources.memory);
    if (resources.unlimited_swap) {
      add("memory.swap.max", "max");
    } else {
      add("memory.swap.max", resources.memory_and_swap.value_or(*resources.memory * 2) - *resources.memory);
    }
  }
  if (resources.memory_reservation) add("memory.low", *resources.memory_reservation);
  if (resources.cpu_time) add("cpu.max", cat(*resources.cpu_time, " ", cpu_period));
  if (resources.cpu_shares) add("cpu.weight", 1 + (*resources.cpu_shares - 2) * 9999 / 262142);
  if (!resources.cpus.empty()) add("cpuset.cpus", resources.cpus);
  if (!resources.memory_nodes.empty()) add("cpuset.mems", resources.memory_nodes);
  if (resources.pids) add("pids.max", *resources.pids);
  return settings;
}

ProcessLimits process_limits(const Resources& resources, const std::vector<unsigned>& allowed) {
  ProcessLimits result;
  const auto limit = [&](const char* name, int resource, std::uint64_t value, const char* how) {
    result.limits.push_back({name, resource, value, value});
    result.applied.push_back(cat("--", name, " as ", how));
  };
  if (resources.memory) limit("memory", RLIMIT_AS, *resources.memory, "the address space of each process");
  if (resources.pids) limit("pids-limit", RLIMIT_NPROC, *resources.pids, "the processes of each user");
  if (!resources.cpus.empty()) {
    result.cpus = resources.cpus;
    result.applied.emplace_back("--cpuset-cpus as the affinity of processes");
  }
  if (resources.cpu_time) {
    const std::uint64_t whole = (*resources.cpu_time + cpu_period - 1) / cpu_period;
    std::vector<unsigned> some = result.cpus.empty() ? allowed : parse_cpu_list(result.cpus);
    some.resize(std::min<std::size_t>(some.size(), whole));
    result.cpus = print_list(some);
    result.applied.push_back(cat("--cpus as ", whole, whole == 1 ? " processor" : " processors"));
  }
  if (resources.memory_and_swap || resources.unlimited_swap) result.missing.emplace_back("--memory-swap");
  if (resources.memory_reservation) result.missing.emplace_back("--memory-reservation");
  if (resources.cpu_shares) result.missing.emplace_back("--cpu-shares");
  if (!resources.memory_nodes.empty()) result.missing.emplace_back("--cpuset-mems");
  if (!resources.parent.empty()) result.missing.emplace_back("--cgroup-parent");
  return result;
}

std::vector<unsigned> parse_cpu_list(const std::string& text) {
  constexpr unsigned most = 8192;
  std::vector<unsigned> numbers;
  const char* at = text.data();
  const char* const last = text.data() + text.size();
  const auto number = [&] {
    unsigned value = 0;
    const auto [end, failure] = std::from_chars(at, last, value);
    if (failure != std::errc{} || value >= most)
      throw Error(cat("processors ", quote(text), ": they are numbers and ranges such as 0-2,4"),
                  Exit::usage);
    at = end;
    return value;
  };
  for (;;) {
    const unsigned first = number();
    unsigned end = first;
    if (at != last && *at == '-') {
      ++at;
      end = number();
    }
    if (end < first) throw Error(cat("processors ", quote(text), ": a range goes up"), Exit::usage);
    for (unsigned each = first; each <= end; ++each) numbers.push_back(each);
    if (at == last) break;
    if (*at++ != ',')
      throw Error(cat("processors ", quote(text), ": they are numbers and ranges such as 0-2,4"),
                  Exit::usage);
  }
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  return numbers;
}

}  // namespace husk::runtime
