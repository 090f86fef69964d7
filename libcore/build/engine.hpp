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

/// Builds the stages of plans: independent ones side by side, each in a child process, while the images that
/// they start from are pulled. A stage that is up to date is found so here and needs no process.
class Engine {
 public:
  /// What is built for one platform. The engine's copy of the plan grows when a base image has triggers that
  /// take from other stages.
  struct Job {
    Workshop& shop;
    StagePlan plan;
  };

  struct Channel {
    Report report;
    std::function<void(const std::string&)> take_terminal;
  };

  /// The jobs' workshops have the session, the file, the contexts and the images in common; there is at least
  /// one. CHANNEL is what their session speaks to: in a child process it is replaced.
  Engine(const std::vector<Job>& jobs, Channel& channel, Interruption& interruption);
  Engine(const Engine&) = delete;
  ~Engine();

  /// Until all stages are built. The first error stops the others, and is thrown when they have ended.
  void run();

 private:
  using Processes = std::list<StageProcess>;
  // A job and how far it is; of each stage of the file.
  struct Line {
    Workshop& shop;
    StagePlan plan;
    std::vector<StageProgress> progress;
    std::vector<Event> last_events;  // what a stage's output belongs to

    std::size_t running() const;
  };
  // A stage process has a number that counts through the stages of all lines.
  Line& line_of(const StageProcess& process);
  std::size_t stage_of(const StageProcess& process) const;
  StageProgress& progress_of(const StageProcess& process);
  Event& last_event_of(const StageProcess& process);

  bool all_built() const;
  void start_stages();
  bool start_stages(Line& line);
  void start(Line& line, std::size_t stage);
  void start_process(Line& line, std::size_t stage, StageBuilder& builder);
  bool base_is_here(const Line& line, std::size_t stage);
  bool waits_for_triggers(Line& line, std::size_t stage);
  void announce(const Line& line, std::size_t stage) const;

  void wait();
  void read(StageProcess& process);
  void take(StageProcess& process, const StageProcess::Message& message);
  static void built(Line& line, std::size_t stage, StageResult result);
  void give_terminal();
  void answer_questions();
  void check_signals();
  void fail(const Error& error);

  std::vector<Line> lines_;
  const Session& session_;
  const dockerfile::Dockerfile& file_;
  BaseImages& images_;
  Channel& channel_;
  Report& report_;
  Interruption& interruption_;
  Pulls pulls_;
  std::size_t limit_;  // of stages side by side
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
