#pragma once

#include "libcore/build/progress_state.hpp"

#include <string>
#include <vector>

namespace husk::build {

/// What a terminal can show.
struct Look {
  std::size_t columns = 80, rows = 24;
  bool colours = false;
  bool unicode = false;
};

/// The lines at the bottom of a terminal that show what is being done: each running step with the end of its
/// output, each pull, and how far all is. Every line is shorter than the terminal is wide, and together they
/// are fewer than it has rows.
std::vector<std::string> draw_frame(const BuildState& state, const Look& look, double now);

/// The lines, each with its end, that stay when EVENT has happened; "" for most. STATE is as after the event.
std::string draw_result(const BuildState& state, const Event& event, const Look& look);

/// "built in 3.4s: 9 steps cached, 2 ran".
std::string summary(const BuildState& state, double seconds);

/// "3.4s", "2m05s", "1h02m".
std::string format_duration(double seconds);

}  // namespace husk::build
