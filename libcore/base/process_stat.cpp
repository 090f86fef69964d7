#include "libcore/base/process_stat.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/fd.hpp"
#include "libcore/base/io.hpp"

#include <fcntl.h>
#include <algorithm>
#include <array>
#include <charconv>

namespace husk {

std::optional<ProcessStat> parse_process_stat(std::string_view text) {
  // The name of the program stands in parentheses and may hold anything, so count from the last one: field 3
  // follows.
  const auto end_of_name = text.rfind(')');
  if (end_of_name == std::string_view::npos || end_of_name + 2 >= text.size()) return std::nullopt;
  text.remove_prefix(end_of_name + 2);
  ProcessStat stat;
  stat.state = text.front();
  std::array<std::int64_t, 25> fields{};
  for (std::size_t field = 4; field < fields.size(); ++field) {
    const auto blank = text.find(' ');
    if (blank == std::string_view::npos) return std::nullopt;
    text.remove_prefix(blank + 1);
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), fields.at(field));
    // Addresses and limits further on may be larger.
    if (failure == std::errc::invalid_argument) return std::nullopt;
  }
  stat.parent = static_cast<pid_t>(fields[4]);
  stat.cpu_ticks = static_cast<std::uint64_t>(fields[14] + fields[15]);
  stat.waited_ticks = static_cast<std::uint64_t>(fields[16] + fields[17]);
  stat.threads = fields[20];
  stat.start_time = static_cast<std::uint64_t>(fields[22]);
  stat.resident = static_cast<std::uint64_t>(std::max<std::int64_t>(0, fields[24]));
  return stat;
}

std::optional<ProcessStat> read_process_stat(pid_t pid) {
  const std::string path = cat("/proc/", pid, "/stat");
  const Fd file(pid > 0 ? ::open(path.c_str(), O_RDONLY | O_CLOEXEC) : -1);
  if (!file) return std::nullopt;
  try {
    return parse_process_stat(read_all(file.get(), 4096, path));
  } catch (const SysError&) {
    return std::nullopt;  // ESRCH: it has just gone
  }
}

}  // namespace husk
