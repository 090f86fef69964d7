#pragma once

#include "libcore/base/child.hpp"
#include "libcore/store/containers.hpp"

#include <string>
#include <vector>

namespace husk::container {

/// What the user of husk-exec asked for, as typed. What is empty is as the container has it.
struct ExecOptions {
  std::vector<std::string> command;
  std::vector<std::string> environment;  // "NAME=VALUE", or "NAME": the caller's value
  std::vector<std::string> environment_files;
  std::string working_directory;
  std::string user;
  bool detach = false;
  bool interactive = false;
  bool terminal = false;
};

/// Runs one more command in a container that runs, and waits for its end unless it is to be detached; then
/// the status is 0. Throws Error with exit engine, not_executable or not_found if it did not start.
ExitStatus exec(const store::Container& container, const ExecOptions& options);

}  // namespace husk::container
