#include "libcore/build/step_claim.hpp"

#include "libcore/base/lock.hpp"
#include "libcore/base/sys.hpp"

#include <fcntl.h>
#include <sys/stat.h>

namespace husk::build {

// A lock file in the directory that the processes of a build share; it goes with the build's lease. It has a
// byte in it when the step is made.
StepClaim::StepClaim(const Session& session, const std::string& key,
                     const std::function<void()>& before_waiting)
    : lock_(sys::create_at(session.lease.tmp(), session.claims + key, O_CREAT | O_RDWR, 0600)) {
  if (try_lock(lock_.get(), LockKind::exclusive)) return;
  // Whoever waits has nothing that somebody else could be waiting for.
  before_waiting();
  lock(lock_.get(), LockKind::exclusive, "step", [](const std::string&) {});
}

bool StepClaim::was_made() const {
  struct stat info {};
  if (::fstat(lock_.get(), &info) != 0) throw_errno("read the size of a lock file");
  return info.st_size > 0;
}

void StepClaim::fulfil() {
  sys::write_all(lock_.get(), "1", "a step's lock file");
  lock_.reset();
}

}  // namespace husk::build
