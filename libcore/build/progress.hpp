#pragma once

#include "libcore/build/event.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string_view>

namespace husk::build {

/// Shows a build to the user, on standard error.
class Progress {
 public:
  virtual ~Progress() = default;
  virtual void show(const Event& event) = 0;
  /// How often a tick is wanted; 0: never.
  virtual std::chrono::milliseconds tick() const { return {}; }
};

/// live: painted on a terminal. plain: lines for a log. quiet: nothing but what a step printed that failed.
/// json: an event a line, for programs.
enum class ProgressStyle : std::uint8_t { live, plain, quiet, json };

/// What --progress=auto|tty|plain|quiet|json|rawjson means: auto is live where standard error is a terminal
/// that can move its cursor. Throws Error with exit usage; also for tty where there is no terminal.
ProgressStyle choose_progress_style(std::string_view text);

std::unique_ptr<Progress> make_progress(ProgressStyle style);

// The four of them.
std::unique_ptr<Progress> make_live_progress();
std::unique_ptr<Progress> make_plain_progress();
std::unique_ptr<Progress> make_quiet_progress();
std::unique_ptr<Progress> make_json_progress();

/// An event as a line of --progress=json, or "".
std::string print_json_event(const Event& event, std::string_view stage, std::string_view time);

}  // namespace husk::build
