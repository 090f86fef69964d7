#pragma once

#include "libcore/base/child.hpp"
#include "libcore/base/error.hpp"
#include "libcore/runtime/container.hpp"
#include "libcore/store/containers.hpp"

#include <cstdint>
#include <optional>

namespace husk::container {

/// The record of a container that this process runs: how it ends is written down, and if it is one that goes
/// with its end, it is removed with this object, however that end came.
class RunningRecord {
 public:
  /// Throws Error if somebody else runs it.
  RunningRecord(const store::Store& store, store::Container container);
  RunningRecord(RunningRecord&&) = delete;
  ~RunningRecord();

  const store::Container& container() const noexcept { return container_; }
  void set_running(pid_t pid) const;
  void set_exited(int code) const;
  void set_not_started(const Error& error) const;

 private:
  static store::Hold take_hold(const store::Container& container);

  const store::Store& store_;
  store::Container container_;
  store::Hold hold_;
};

enum class Streams : std::uint8_t { of_caller, without_input };

/// Runs CONTAINER in the foreground to its end: its streams are the caller's own, or a terminal between them
/// and it. LAUNCH, if it was begun while the container was made, has its map and network. Throws Error with
/// exit engine, not_executable or not_found if the command did not start.
ExitStatus run_attached(const store::Store& store, store::Container container, const userns::IdMap& map,
                        Streams streams, std::optional<runtime::Launch> launch = std::nullopt);

}  // namespace husk::container
