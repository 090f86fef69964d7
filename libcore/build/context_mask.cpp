#include "libcore/build/context_mask.hpp"

#include "libcore/base/at.hpp"
#include "libcore/base/error.hpp"
#include "libcore/base/list_directory.hpp"
#include "libcore/base/random.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <unordered_set>

namespace husk::build {
namespace {

// The directories on the way to a whiteout have the attributes of those that they stand for: in an overlay
// the topmost ones are seen.
class Mask {
 public:
  Mask(int context, std::filesystem::path top) : context_(context), top_(std::move(top)) {}

  void hide(const std::string& path) {
    make_parents(path);
    // A device 0:0 needs no privilege since Linux 5.8.
    if (::mknod((top_ / path).c_str(), S_IFCHR, 0) != 0)
      throw_errno("hide ", quote(path), " in the build context");
    ++hidden_;
  }
  bool hides_something() const noexcept { return hidden_ != 0; }

  // Last: what is made in a directory changes its time.
  void finish() const {
    for (const auto& [path, status] : directories_) {
      const std::array<timespec, 2> times = {status.st_atim, status.st_mtim};
      const std::filesystem::path made = top_ / path;
      if (::chmod(made.c_str(), status.st_mode & 07777) != 0 ||
          ::utimensat(AT_FDCWD, made.c_str(), times.data(), 0) != 0)
        throw_errno("set the attributes of ", quote(path), " in a mask");
    }
  }

 private:
  void make_parents(const std::string& path) {
    for (std::size_t end = 0; (end = path.find('/', end)) != std::string::npos; ++end)
      make_directory(path.substr(0, end));
    if (directories_.empty()) make_directory("");
  }
  void make_directory(const std::string& path) {
    const std::filesystem::path made = path.empty() ? top_ : top_ / path;
    if (::mkdir(made.c_str(), 0700) != 0) {
      if (errno == EEXIST && !path.empty()) return;
      if (errno != EEXIST) throw_errno("make a directory of a mask");
    }
    struct stat status {};
    const Fd original = open_beneath(context_, path.empty() ? "." : path, O_PATH | O_DIRECTORY);
    if (::fstat(original.get(), &status) != 0) throw_errno("look at ", quote(path), " in the build context");
    directories_.emplace_back(path, status);
  }

  int context_;
  std::filesystem::path top_;
  std::vector<std::pair<std::string, struct stat>> directories_;
  std::size_t hidden_ = 0;
};

}  // namespace

std::optional<std::filesystem::path> make_mask(const store::Lease& lease, Context& context,
                                               const std::string& pattern) {
  if (!context.ignores()) return std::nullopt;
  const std::filesystem::path top = lease.tmp_path() / cat("mask-", random_hex(4));
  if (::mkdir(top.c_str(), 0700) != 0) throw_errno("make a directory");
  Mask mask(context.root(), top);
  for (const Selection& selection : select(context.tree(), pattern)) {
    std::unordered_set<std::string> seen;
    for (const SourceEntry& entry : selection.entries) seen.insert(entry.path);
    for (const SourceEntry& entry : selection.entries) {
      if (!entry.is_directory()) continue;
      const Fd directory =
          open_beneath(context.root(), entry.path.empty() ? "." : entry.path, O_RDONLY | O_DIRECTORY);
      for (const std::string& name : husk::list_directory(directory.get())) {
        const std::string path = join_path(entry.path, name);
        if (!seen.contains(path)) mask.hide(path);
      }
    }
  }
  if (!mask.hides_something()) return std::nullopt;
  mask.finish();
  return top;
}

}  // namespace husk::build
