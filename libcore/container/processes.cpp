#include "libcore/container/processes.hpp"

#include "libcore/base/directory_stream.hpp"
#include "libcore/base/error.hpp"
#include "libcore/base/process_stat.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>
#include <string>

namespace husk::container {
namespace {

// Which pid namespace a process is in; nothing for those of others, and those that are gone. namespaces(7):
// two are the same if device and inode are.
struct Namespace {
  dev_t device = 0;
  ino_t inode = 0;
  friend bool operator==(const Namespace&, const Namespace&) = default;
};

std::optional<Namespace> namespace_of(int proc, const std::string& process) {
  struct stat status {};
  if (::fstatat(proc, (process + "/ns/pid").c_str(), &status, 0) != 0) return std::nullopt;
  return Namespace{status.st_dev, status.st_ino};
}

struct Process {
  pid_t pid = 0;
  pid_t parent = 0;
};

// Moves those of OTHERS whose parents are known, until none is left.
void add_descendants(std::vector<pid_t>& known, std::vector<Process> others) {
  for (std::size_t before = others.size() + 1; others.size() != before;) {
    before = others.size();
    std::erase_if(others, [&](const Process& process) {
      if (std::ranges::find(known, process.parent) == known.end()) return false;
      known.push_back(process.pid);
      return true;
    });
  }
}

}  // namespace

std::vector<pid_t> list_processes(pid_t first) {
  Fd proc(::open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!proc) throw_errno("open /proc");
  const auto wanted = namespace_of(proc.get(), std::to_string(first));
  if (!wanted) throw Error("the container ended meanwhile");
  const auto own = namespace_of(proc.get(), "self");
  std::vector<pid_t> found;
  std::vector<Process> others;
  DirectoryStream stream(std::move(proc), "/proc");
  while (const dirent* const entry = stream.next()) {
    pid_t pid = 0;
    const char* const end = entry->d_name + std::strlen(entry->d_name);
    if (const auto parsed = std::from_chars(entry->d_name, end, pid); parsed.ptr != end) continue;
    const auto where = namespace_of(stream.fd(), entry->d_name);
    if (!where || (where == own && where != wanted)) continue;
    if (where == wanted) {
      found.push_back(pid);
    } else if (const auto stat = read_process_stat(pid)) {
      others.push_back({pid, stat->parent});
    }
  }
  add_descendants(found, std::move(others));
  std::ranges::sort(found);
  return found;
}

}  // namespace husk::container
