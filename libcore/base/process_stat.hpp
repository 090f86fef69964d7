#pragma once

#include <sys/types.h>
#include <cstdint>
#include <optional>
#include <string_view>

namespace husk {

/// What /proc/PID/stat says, proc(5), by its fields' numbers.
struct ProcessStat {
  char state = 0;    // 3: R, S, D, T (stopped by a signal), Z (ended, and nobody has waited for it) …
  pid_t parent = 0;  // 4
  std::uint64_t cpu_ticks = 0;     // 14 and 15: in user mode and in the kernel, sysconf(_SC_CLK_TCK) a second
  std::uint64_t waited_ticks = 0;  // 16 and 17: of children that it waited for
  std::int64_t threads = 0;        // 20
  std::uint64_t start_time = 0;    // 22: ticks since the machine was started
  std::uint64_t resident = 0;      // 24: pages
};

/// Nothing if there is no such process.
std::optional<ProcessStat> read_process_stat(pid_t pid);

/// The content of that file; nothing if it is none.
std::optional<ProcessStat> parse_process_stat(std::string_view text);

}  // namespace husk
