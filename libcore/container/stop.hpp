#pragma once

#include "libcore/store/containers.hpp"

#include <optional>
#include <string>

namespace husk::container {

/// "TERM", "SIGTERM", "15". Throws Error with exit usage.
int parse_signal_option(const std::string& text);

struct StopOptions {
  std::optional<int> signal;  // nothing: that of the container, or else of its image, or else TERM
  std::optional<int> patience;  // seconds until SIGKILL, negative: for ever; nothing: the container's, or 10
};

/// Asks the container to end, kills it if it does not, and returns when its end is written down. One that
/// does not run is left alone.
void stop(const store::Container& container, const StopOptions& options);

/// Sends it a signal, which is SIGKILL where the kernel would keep a deadly one from the first process of a
/// pid namespace. Throws Error if it does not run.
void kill(const store::Container& container, int signal);

/// Returns its exit code when it has ended. Throws Error if nobody saw the end.
int wait(const store::Container& container);

}  // namespace husk::container
