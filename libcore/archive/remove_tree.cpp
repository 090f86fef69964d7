#include "libcore/archive/remove_tree.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/list_directory.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace husk::archive {
namespace {

Fd open_directory_here(int dir, const std::string& name) {
  open_how how{};
  how.flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV;
  const long fd = ::syscall(SYS_openat2, dir, name.c_str(), &how, sizeof how);
  if (fd < 0) throw_errno("remove ", quote(name));
  return Fd(static_cast<int>(fd));
}

}  // namespace

void remove_tree(int dir, const std::string& name) {
  if (::unlinkat(dir, name.c_str(), 0) == 0 || errno == ENOENT) return;
  if (errno != EISDIR && errno != EPERM) throw_errno("remove ", quote(name));
  {
    const Fd inner = open_directory_here(dir, name);
    // A directory without permissions for its owner can't be emptied by an owner without privileges.
    (void)::fchmod(inner.get(), 0700);
    for (const std::string& child : list_directory(inner.get())) remove_tree(inner.get(), child);
  }
  if (::unlinkat(dir, name.c_str(), AT_REMOVEDIR) != 0) throw_errno("remove ", quote(name));
}

}  // namespace husk::archive
