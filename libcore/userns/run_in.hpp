#pragma once

#include "libcore/base/error.hpp"
#include "libcore/base/fd.hpp"
#include "libcore/userns/id_map.hpp"

#include <functional>
#include <memory>
#include <string>

namespace husk::userns {

/// A child process that runs a function as root of a new user namespace. Let go of, it is killed.
class Running {
 public:
  struct State;
  explicit Running(std::unique_ptr<State> state);
  Running(Running&&) noexcept;
  Running& operator=(Running&&) = delete;
  ~Running();

  /// Waits for the end; returns what the function returned, at most 1 MiB. An Error that left it is thrown
  /// again here, with message, hint and exit code.
  std::string wait();

  pid_t pid() const noexcept;  // of the child

 private:
  std::unique_ptr<State> state_;
};

/// Runs BODY in a child process as root of a new user namespace with MAP and of a mount namespace of its own.
/// The child dies with this process. Descriptors stay open in it, so BODY can use those that it captured. The
/// caller must have one thread only.
Running start_in(const IdMap& map, const std::function<std::string()>& body);

/// The same in a user namespace that is there, made by a process of the caller's user.
Running start_in(const Fd& user_namespace, const std::function<std::string()>& body);

/// The user namespace of a PROCESS of the caller's that was not waited for; it lives as long as the
/// descriptor.
Fd open_user_namespace(pid_t process);

/// start_in() and wait().
std::string run_in(const IdMap& map, const std::function<std::string()>& body);

/// The error for a clone(2) or unshare(2) that gave CODE, with what the user can do about it as a hint.
SysError namespace_error(int code);

}  // namespace husk::userns
