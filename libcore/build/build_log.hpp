#pragma once

#include "libcore/build/event.hpp"
#include "libcore/store/build_logs.hpp"

#include <functional>
#include <map>
#include <string>

namespace husk::build {

/// Keeps what the steps of a build print, and what became of them, in the store.
class BuildLog {
 public:
  explicit BuildLog(const store::Lease& lease) : lease_(lease) {}

  /// Where the disk is full, nothing more of the build is kept, which is no error of the build.
  void hear(const Event& event);

  /// The build is over: it has made an image, or went wrong. That a failed one can't be kept is no second
  /// error.
  void finish(const std::string& image_id);
  void fail(const std::string& reason);

  /// "3", or "build:3" where there are several stages: how husk-build --log calls the step that failed; "" if
  /// none did that printed something.
  const std::string& failed_step() const noexcept { return failed_; }

 private:
  std::string name_of(const Event& event) const;
  void end(const Event& event, const char* state);
  bool keep(const std::function<void()>& write);

  const store::Lease& lease_;
  std::map<std::size_t, std::string> stages_;
  std::map<std::size_t, store::StepLog> open_;  // by stage
  store::BuildRecord record_;
  std::string failed_;
  bool complete_ = true;  // nothing failed to be written
};

/// husk-build --log: prints a build's log to standard output. BUILD is an id, "last", or "list" for a list of
/// all; STEP is one of its steps, "" for all. Throws Error if there is no such build, step or log.
void show_log(const store::Store& store, const std::string& build, const std::string& step);

}  // namespace husk::build
