#include "libcore/build/progress_state.hpp"

#include "libcore/base/columns.hpp"
#include "libcore/base/text.hpp"

#include <algorithm>
#include <utility>

namespace husk::build {
namespace {

constexpr std::size_t longest_output = 16384;

void append(std::string& output, const std::string& text) {
  output += text;
  if (output.size() > 2 * longest_output) output.erase(0, output.size() - longest_output);
}

}  // namespace

void BuildState::end_step(const Event& event) {
  Stage& stage = stages_[event.stage];
  stage.steps = event.steps;
  if (event.kind != Event::Kind::failed) stage.finished = event.step;
  ended_step_ = std::exchange(steps_[event.stage], {});
  steps_.erase(event.stage);
}

void BuildState::apply(const Event& event, double now) {
  using Kind = Event::Kind;
  switch (event.kind) {
    case Kind::stage: stages_[event.stage] = {event.text, event.steps, 0}; break;
    case Kind::started:
      stages_[event.stage].steps = event.steps;
      steps_[event.stage] = {event.stage, event.step, event.text, now, ""};
      break;
    case Kind::cached:
    case Kind::done: ++(event.kind == Kind::done ? ran_ : cached_); [[fallthrough]];
    case Kind::config:
    case Kind::failed: end_step(event); break;
    case Kind::output:
      if (const auto step = steps_.find(event.stage); step != steps_.end())
        append(step->second.output, event.text);
      break;
    case Kind::pulling: {
      Pull& pull = pulls_.try_emplace(event.text, Pull{0, 0, now}).first->second;
      pull.bytes = event.bytes;
      pull.total = event.total;
      break;
    }
    case Kind::pulled:
      ended_pull_ = pulls_[event.text];
      pulls_.erase(event.text);
      break;
    case Kind::terminal:
    case Kind::note:
    case Kind::checks:
    case Kind::tick:
    case Kind::finished: break;
  }
}

BuildState::Counts BuildState::counts() const {
  Counts counts{.cached = cached_, .ran = ran_};
  for (const auto& [index, stage] : stages_) {
    counts.steps += stage.steps;
    counts.finished += stage.finished;
  }
  return counts;
}

std::string BuildState::label(std::size_t stage, std::size_t step) const {
  const auto found = stages_.find(stage);
  if (found == stages_.end()) return {};
  const std::string name = several_stages() ? escape(found->second.name) + " " : "";
  return cat("[", name, step, "/", found->second.steps, "]");
}

std::string BuildState::label(const Event& event) const { return label(event.stage, event.step); }
std::string BuildState::label(const Step& step) const { return label(step.stage, step.number); }

std::vector<std::string> last_lines(std::string_view output, std::size_t count) {
  std::vector<std::string> lines;
  if (output.ends_with('\n')) output.remove_suffix(1);
  while (!output.empty() && lines.size() < count) {
    const auto end = output.rfind('\n');
    const std::size_t begin = end == std::string_view::npos ? 0 : end + 1;
    lines.push_back(plain_line(output.substr(begin)));
    output = output.substr(0, begin == 0 ? 0 : begin - 1);
  }
  std::reverse(lines.begin(), lines.end());
  return lines;
}

}  // namespace husk::build
