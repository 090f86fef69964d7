#pragma once

#include "libcore/base/fd.hpp"
#include "libcore/build/session.hpp"

#include <functional>
#include <string>

namespace husk::build {

/// The right to make the step with a key, so that stages which are built side by side and begin with the same
/// steps make each of them once. Let go of when the record of the step is in the cache, or with the process.
class StepClaim {
 public:
  /// Waits for the process that has the claim; BEFORE_WAITING is called first, and must give back whatever
  /// claims this process has.
  StepClaim(const Session& session, const std::string& key, const std::function<void()>& before_waiting);

  /// Another process had it, and may have made the step.
  bool waited() const noexcept { return waited_; }

 private:
  Fd lock_;
  bool waited_;
};

}  // namespace husk::build
