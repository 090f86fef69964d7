#include "libcore/store/gc_lock.hpp"

#include "libcore/base/lock.hpp"
#include "libcore/base/sys.hpp"

#include <fcntl.h>

namespace husk::store {
namespace {

Fd open_lock(const Store& store, const char* name) {
  Fd file(::openat(store.directory(), name, O_RDWR | O_CLOEXEC));
  if (file) return file;
  return sys::create_at(store.directory(), name, O_CREAT | O_RDWR, 0600);
}

Fd wait_for(const Store& store, const char* name, LockKind kind) {
  Fd file = open_lock(store, name);
  lock(file.get(), kind, name, [&](const std::string& who) { store.warn(who); });
  return file;
}

}  // namespace

Fd share_gc_lock(const Store& store) { return wait_for(store, "gc.lock", LockKind::shared); }

std::optional<Fd> try_gc_lock(const Store& store) {
  Fd file = open_lock(store, "gc.lock");
  if (!try_lock(file.get(), LockKind::exclusive)) return std::nullopt;
  return file;
}

Fd lock_refs(const Store& store) { return wait_for(store, "refs.lock", LockKind::exclusive); }

}  // namespace husk::store
