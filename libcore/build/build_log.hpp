#pragma once

#include "libcore/build/event.hpp"
#include "libcore/store/build_logs.hpp"

#include <map>
#include <string>

namespace husk::build {

/// Keeps what the steps of a build print, and what became of them, in the store.
class BuildLog {
 public:
  explicit BuildLog(const store::Lease& lease) : lease_(lease) {}

  void hear(const Event& event);
  /// RESULT is the id of the image, or what went wrong.
  void finish(const std::string& result);

  /// "3", or "build:3" where there are several stages: how husk-build --log calls the step that failed; "" if
  /// none did that printed something.
  const std::string& failed_step() const noexcept { return failed_; }

 private:
  std::string name_of(const Event& event) const;
  void end(const Event& event, const char* state);

  const store::Lease& lease_;
  std::map<std::size_t, std::string> stages_;
  std::map<std::size_t, store::StepLog> open_;  // by stage
  store::BuildRecord record_;
  std::string failed_;
};

/// husk-build --log: prints a build's log to standard output. BUILD is an id, "last", or "list" for a list of
/// all; STEP is one of its steps, "" for all. Throws Error if there is no such build, step or log.
void show_log(const store::Store& store, const std::string& build, const std::string& step);

}  // namespace husk::build
