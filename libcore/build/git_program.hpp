#pragma once

#include "libcore/build/options.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace husk::build {

/// Runs git(1) for one remote, in an environment of its own: no configuration of this machine, no prompt, no
/// hook, no protocol but https, http, ssh and git. What it has to prove to the remote is in its environment,
/// not in its arguments.
class GitProgram {
 public:
  GitProgram(const Options& options, const std::string& remote);

  /// The remote as git is told, without user name and password.
  const std::string& remote() const noexcept { return remote_; }

  /// What it printed. Throws Error with the last thing that it complained of.
  std::string run(std::vector<std::string> arguments) const;
  /// The same; false if it fails.
  bool try_run(std::vector<std::string> arguments) const;

 private:
  struct Result {
    int code;
    std::string output, errors;
  };
  Result execute(std::vector<std::string> arguments) const;

  std::string remote_;
  std::vector<std::string> environment_;
};

}  // namespace husk::build
