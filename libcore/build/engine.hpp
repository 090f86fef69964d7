#pragma once

#include "libcore/build/pulls.hpp"
#include "libcore/build/stage_builder.hpp"
#include "libcore/build/stage_process.hpp"
#include "libcore/build/stages.hpp"

#include <chrono>
#include <list>
#include <memory>
#include <optional>
#include <vector>

namespace husk::build {

/// Builds the stages of a plan: independent ones side by side, each in a child process, while the images that
/// they start from are pulled. A stage that is up to date is found so here and needs no process.
class Engine {
 public:
  struct Channel {
    Report report;
    std::function<void(const std::string&)> take_terminal;
  };

  /// CHANNEL is what the workshop's session speaks to: in a child process it is replaced.
  Engine(Workshop& shop, const StagePlan& plan, Channel& channel, Interruption& interruption);
  Engine(const Engine&) = delete;
  ~Engine();

  /// Until all stages are built. The first error stops the others, and is thrown when they have ended.
  void run();

 private:
  using Processes = std::list<StageProcess>;
  void start_stages();
  void start(std::size_t stage);
  void start_process(std::size_t stage, StageBuilder& builder);
  bool base_is_here(std::size_t stage);
  bool waits_for_triggers(std::size_t stage);
  void announce(std::size_t stage) const;

  void wait();
  void read(StageProcess& process);
  void take(StageProcess& process, const StageProcess::Message& message);
  void built(std::size_t stage, StageResult result);
  void give_terminal();
  void answer_questions();
  void check_signals();
  void fail(const Error& error);

  Workshop& shop_;
  StagePlan plan_;  // grows when a base image has triggers that take from other stages
  Channel& channel_;
  Report& report_;
  Interruption& interruption_;
  Pulls pulls_;
  std::size_t jobs_;
  std::vector<StageProgress> progress_;
  std::vector<Event> last_events_;  // of each stage: what its output belongs to
  Processes processes_;
  struct Question {
    StageProcess* process;
    std::string image;
  };
  std::vector<Question> questions_;
  // The first that asks gets the terminal, when the others have ended.
  StageProcess* terminal_user_ = nullptr;
  std::string terminal_reason_;
  bool terminal_given_ = false;
  std::optional<Error> failure_;
  using Clock = std::chrono::steady_clock;
  Clock::time_point failed_;
};

}  // namespace husk::build
