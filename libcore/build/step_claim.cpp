#include "libcore/build/step_claim.hpp"

#include "libcore/base/lock.hpp"
#include "libcore/base/sys.hpp"

#include <fcntl.h>

namespace husk::build {

// A lock file in the directory that the processes of a build share; it goes with the build's lease.
StepClaim::StepClaim(const Session& session, const std::string& key,
                     const std::function<void()>& before_waiting)
    : lock_(sys::create_at(session.lease.tmp(), "step-" + key, O_CREAT | O_RDWR, 0600)),
      waited_(!try_lock(lock_.get(), LockKind::exclusive)) {
  if (!waited_) return;
  // Whoever waits has nothing that somebody else could be waiting for.
  before_waiting();
  lock(lock_.get(), LockKind::exclusive, "step", [](const std::string&) {});
}

}  // namespace husk::build
