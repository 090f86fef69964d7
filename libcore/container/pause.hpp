#pragma once

#include "libcore/store/containers.hpp"

#include <string_view>

namespace husk::container {

/// Stops all processes of a running container with SIGSTOP, and returns when they stand still: most have no
/// cgroup to freeze. Throws Error if it does not run or is paused, or if a process does
/// not stop; then all go on.
void pause(const store::Container& container);

/// Lets all of them go on, SIGCONT. Throws Error if the container is not paused.
void unpause(const store::Container& container);

/// The same, but one that is not paused, or has ended meanwhile, is left alone.
void let_go_on(const store::Container& container);

/// From the constructor to the destructor a container stands still, if it runs; one that is paused stays so.
class Standstill {
 public:
  explicit Standstill(const store::Container& container);
  Standstill(Standstill&&) = delete;
  ~Standstill();

 private:
  const store::Container* paused_ = nullptr;
};

/// Whether the first process of a running container stands still.
bool is_paused(const store::ContainerState& state);

/// "paused", or the word for its status.
std::string_view status_word(const store::ContainerState& state);

}  // namespace husk::container
