#pragma once

#include "libcore/build/event.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace husk::build {

constexpr std::size_t longest_failure = 20;  // lines shown of the output of a step that failed

/// What the events of a build have told so far.
class BuildState {
 public:
  /// NOW is in seconds, of any clock.
  void apply(const Event& event, double now);

  struct Step {
    std::size_t stage = 0, number = 0;
    std::string text;
    double began = 0;
    std::string output;  // the end of what it printed
  };
  struct Pull {
    std::uint64_t bytes = 0, total = 0;
    double began = 0;
  };
  /// What is being worked on, by stage and by name.
  const std::map<std::size_t, Step>& steps() const noexcept { return steps_; }
  const std::map<std::string, Pull>& pulls() const noexcept { return pulls_; }
  /// What ended with the last event.
  const Step& ended_step() const noexcept { return ended_step_; }
  const Pull& ended_pull() const noexcept { return ended_pull_; }

  struct Counts {
    std::size_t steps = 0;     // all, as far as known
    std::size_t finished = 0;  // of them, with those that only change the configuration
    std::size_t cached = 0, ran = 0;
  };
  Counts counts() const;

  /// "[2/5]", or "[build 2/5]" where there are several stages.
  std::string label(const Event& event) const;
  std::string label(const Step& step) const;
  bool several_stages() const noexcept { return stages_.size() > 1; }

 private:
  struct Stage {
    std::string name;
    std::size_t steps = 0, finished = 0;
  };
  std::string label(std::size_t stage, std::size_t step) const;
  void end_step(const Event& event);

  std::map<std::size_t, Stage> stages_;
  std::map<std::size_t, Step> steps_;
  std::map<std::string, Pull> pulls_;
  Step ended_step_;
  Pull ended_pull_;
  std::size_t cached_ = 0, ran_ = 0;
};

/// The last COUNT lines of what a program printed, as they look on a terminal; see plain_line().
std::vector<std::string> last_lines(std::string_view output, std::size_t count);

}  // namespace husk::build
