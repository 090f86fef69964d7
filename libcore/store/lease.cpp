#include "libcore/store/lease.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/lock.hpp"
#include "libcore/base/random.hpp"
#include "libcore/base/sys.hpp"
#include "libcore/store/gc_lock.hpp"
#include "libcore/store/remove_tree.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace husk::store {

Lease::Lease(const Store& store) : store_(&store), uuid_(random_hex(16)) {
  // First, so that whatever is looked up from here on stays.
  gc_ = share_gc_lock(store);
  const Fd leases = store.open_directory("leases");
  // The file has its name only when it is locked: nobody ever sees the lease of a living process without a
  // lock.
  lock_ = sys::create_at(leases.get(), ".", O_TMPFILE | O_RDWR, 0600);
  if (!try_lock(lock_.get(), LockKind::exclusive)) throw Error("the lock of a new lease is taken");
  sys::write_all(lock_.get(), cat("process ", ::getpid(), "\n"), "lease");
  if (!sys::try_link_file(lock_.get(), leases.get(), uuid_))
    throw Error("a new lease has the name of another");
  sys::reached("lease.taken");

  const Fd tmp = store.open_directory("tmp");
  sys::make_directory_at(tmp.get(), uuid_, 0700);
  tmp_.reset(::openat(tmp.get(), uuid_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!tmp_) throw_errno("open ", quote(tmp_path()));
  sys::reached("lease.tmp_made");
}

Lease::~Lease() {
  if (!lock_) return;  // moved from
  try {
    remove_tree(store_->open_directory("tmp").get(), uuid_);
    (void)sys::try_unlink_at(store_->open_directory("leases").get(), uuid_, 0);
  } catch (const Error& error) {
    // Nothing is lost: without its lock it is garbage.
    store_->warn(cat("leaving ", quote(tmp_path()), " behind: ", error.what()));
  }
}

std::filesystem::path Lease::tmp_path() const { return store_->path() / "tmp" / uuid_; }

}  // namespace husk::store
