#include "libcore/store/probe.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/lock.hpp"
#include "libcore/base/random.hpp"
#include "libcore/base/sys.hpp"

#include <fcntl.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace husk::store {
namespace {

[[noreturn]] void refuse(const std::filesystem::path& path, std::string_view what, const Error& cause) {
  Error error(cat("the file system of ", quote(path), " can't hold images: ", what, ": ", cause.what()));
  error.set_hint("set HUSK_ROOT to a directory on a local disk");
  throw error;
}

template <class Body>
auto require(const std::filesystem::path& path, std::string_view what, Body&& body) {
  try {
    return body();
  } catch (const SysError& error) {
    // A full or read-only disk is what it is, not a lack of the file system.
    const int code = error.code();
    if (code == ENOSPC || code == EDQUOT || code == EROFS || code == EACCES || code == EIO) throw;
    refuse(path, what, error);
  }
}

}  // namespace

std::string probe_file_system(int directory, const std::filesystem::path& path) {
  const std::string name = cat(probe_prefix, random_hex(8));
  const Fd file = require(path, "no unnamed files",
                          [&] { return sys::create_at(directory, ".", O_TMPFILE | O_RDWR, 0600); });
  require(path, "no links to unnamed files", [&] { (void)sys::try_link_file(file.get(), directory, name); });
  require(path, "no locks", [&] { (void)try_lock(file.get(), LockKind::exclusive); });
  require(path, "no renaming without replacing",
          [&] { (void)sys::try_rename_at(directory, name, directory, name + "-2"); });
  (void)sys::try_unlink_at(directory, name + "-2", 0);
  const bool xattr = ::fsetxattr(file.get(), "user.husk.probe", "1", 1, 0) == 0;
  return cat("user-xattr ", xattr ? "yes" : "no", "\n");
}

}  // namespace husk::store
