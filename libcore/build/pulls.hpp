#pragma once

#include "libcore/base/run_program.hpp"
#include "libcore/build/base_image.hpp"
#include "libcore/build/session.hpp"

#include <poll.h>
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace husk::build {

/// Gets the images that are not in the store while the build goes on: each by a husk-pull of its own, once.
/// Let go of, those that are unfinished are ended; what they have is used by the next pull.
class Pulls {
 public:
  Pulls(const Session& session, BaseImages& images) : session_(session), images_(images) {}
  Pulls(const Pulls&) = delete;
  ~Pulls();

  /// Starts to pull NAME if it is not on its way, nor here; --pull: or not yet got by this build.
  void want(const std::string& name);

  /// Whether NAME is here. Throws Error if it can't be pulled.
  bool is_here(const std::string& name);

  bool running() const noexcept;
  /// What to poll(2) for; then read() it.
  void add_to(std::vector<pollfd>& waiting) const;
  void read();

 private:
  struct Pull {
    std::optional<RunningProgram> program;
    std::optional<Error> failure;
    std::chrono::steady_clock::time_point began;
    std::string said;  // on standard error, but for lines about progress
    std::string line;  // that has no end yet
  };
  void hear(const std::string& name, Pull& pull);
  void finish(const std::string& name, Pull& pull);

  const Session& session_;
  BaseImages& images_;
  std::map<std::string, Pull> pulls_;
};

}  // namespace husk::build
