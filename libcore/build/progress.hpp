#pragma once

#include "libcore/build/event.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace husk::build {

/// How a build is shown to the user.
class Progress {
 public:
  virtual ~Progress() = default;
  virtual void show(const Event& event) = 0;
};

/// plain: lines for a log. quiet: nothing, but what a step printed that failed. Both write to standard error.
enum class ProgressStyle : std::uint8_t { plain, quiet };

std::unique_ptr<Progress> make_progress(ProgressStyle style);

}  // namespace husk::build
