#pragma once

#include "libcore/base/fd.hpp"
#include "libcore/build/session.hpp"

#include <functional>
#include <string>

namespace husk::build {

/// The right to make the step with a key, so that the stages and platforms of a build that have a step in
/// common make it once, also with --no-cache. Let go of with the process.
class StepClaim {
 public:
  /// Waits for the process that has the claim; BEFORE_WAITING is called first, and must give back whatever
  /// claims this process has.
  StepClaim(const Session& session, const std::string& key, const std::function<void()>& before_waiting);

  /// This build has made the step before: its record is in the cache.
  bool was_made() const;

  /// The record of the step is in the cache. Lets go of the claim.
  void fulfil();

 private:
  Fd lock_;
};

}  // namespace husk::build
