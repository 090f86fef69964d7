#pragma once

#include "libcore/base/fd.hpp"
#include "libcore/build/event.hpp"
#include "libcore/build/options.hpp"
#include "libcore/dockerfile/dockerfile.hpp"
#include "libcore/store/lease.hpp"
#include "libcore/userns/shared_namespace.hpp"

namespace husk::build {

class ImportedCaches;

/// What all parts of one build have in common.
struct Session {
  const store::Lease& lease;
  const userns::IdMap& map;
  userns::SharedNamespace& user_namespace;  // with the map: where steps run functions
  const Options& options;
  const Report& report;
  // In a process that builds a stage: waits until the terminal is its own, and makes standard output and
  // standard error that. The text says why. Empty elsewhere.
  const std::function<void(const std::string&)>& take_terminal;
  const ImportedCaches& imported;
  // What the lock files of StepClaim are called: a build that is made again to be compared has its own.
  std::string claims = "step-";

  const store::Store& store() const { return lease.store(); }
};

/// The time that a step is given in the image's history: SOURCE_DATE_EPOCH, else now, RFC 3339.
std::string step_time(const Options& options);

/// Throws "interrupted" (exit 128 + signal) if the user has asked the build to end; see Interruption.
void check_interrupted();

/// While it lives, SIGINT, SIGTERM and SIGHUP end the build at its next step instead of the process at once,
/// so that nothing unfinished stays behind.
class Interruption {
 public:
  Interruption();
  Interruption(const Interruption&) = delete;
  ~Interruption();

  /// Can be read when a signal has come, for poll(2).
  int fd() const noexcept { return fd_.get(); }
  /// How many have come since the last call.
  std::size_t take();

 private:
  Fd fd_;
};

/// In a child process: the signals do again what they do to any process.
void restore_signals();

/// In a child process that is to end when its work is done, even if the user has pressed ctrl-C.
void ignore_signals();

/// In a child process that builds a stage: no signal has come yet, and check_interrupted() also throws when
/// the other end of the socket PARENT is shut down.
void listen_to_parent(int parent);

}  // namespace husk::build
