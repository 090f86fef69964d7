#pragma once

#include "libcore/store/store.hpp"

#include <string>

namespace husk::store {

/// The right to have unfinished work in the store: a file in leases/ whose lock this process holds, and a
/// directory tmp/<uuid>/ beside it. Take it before looking up what you are going to rely on. Garbage
/// collection leaves alone what a live lease protects; when the process is gone, however that came, its tmp/
/// directory is garbage (Linux drops the lock: nobody looks at a process id).
class Lease {
 public:
  explicit Lease(const Store& store);
  Lease(Lease&&) noexcept = default;
  ~Lease();  // removes tmp/<uuid>/ (also files of subordinate ids) and the lease

  const Store& store() const noexcept { return *store_; }
  int tmp() const noexcept { return tmp_.get(); }
  std::filesystem::path tmp_path() const;

 private:
  const Store* store_;
  std::string uuid_;
  Fd gc_;  // shared: no garbage is collected meanwhile
  Fd lock_;
  Fd tmp_;
};

}  // namespace husk::store
