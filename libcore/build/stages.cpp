#include "libcore/build/stages.hpp"

#include "libcore/dockerfile/runes.hpp"
#include "libcore/dockerfile/suggest.hpp"

#include <algorithm>
#include <charconv>
#include <set>

namespace husk::build {
namespace {

using dockerfile::Copy;
using dockerfile::Dockerfile;
using dockerfile::Stage;

std::size_t find_target(const Dockerfile& file, const std::string& target) {
  if (target.empty()) return file.stages.size() - 1;
  if (const auto found = find_stage(file, target, file.stages.size())) return *found;
  std::vector<std::string_view> names;
  for (const Stage& stage : file.stages) names.push_back(stage.from.name);
  const std::string meant = dockerfile::did_you_mean(dockerfile::to_lower(target), names);
  throw Error(cat("target stage ", quote(target), " is not in ", quote(file.source.name()),
                  meant.empty() ? "" : cat(" (did you mean ", meant, "?)")));
}

Origin find_base(const Dockerfile& file, std::size_t index, const Variables& global) {
  const dockerfile::From& from = file.stages[index].from;
  std::string name;
  try {
    name = dockerfile::expand(from.image.text, global, {.escape = file.escape}).text;
  } catch (const Error& error) {
    file.source.fail(from.image.at, error.what());
  }
  if (name.empty())
    file.source.fail(from.image.at, cat("base name (", escape(from.image.text), ") should not be blank"));
  // By name only: "FROM 0" is an image.
  for (std::size_t i = index; i-- > 0;) {
    if (file.stages[i].from.name == dockerfile::to_lower(name)) return {.stage = i};
  }
  return {.image = name};
}

// What COPY --from= of a stage names. One that is given by a variable is not known before the stage is built:
// any earlier stage may be meant.
void add_sources(const Dockerfile& file, std::size_t index, std::set<std::size_t>& needs,
                 std::vector<std::string>& images) {
  for (const auto& instruction : file.stages[index].instructions) {
    const Copy* const copy = std::get_if<Copy>(&instruction.what);
    if (copy == nullptr || copy->from.empty()) continue;
    const std::string& name = copy->from.text;
    if (name.find('$') != std::string::npos) {
      for (std::size_t i = 0; i < index; ++i) needs.insert(i);
    } else if (const auto found = find_stage(file, name, index)) {
      needs.insert(*found);
    } else if (!find_stage(file, name, index + 1)) {
      images.push_back(name);
    }
  }
}

}  // namespace

std::optional<std::size_t> find_stage(const Dockerfile& file, std::string_view name, std::size_t limit) {
  if (name.empty()) return std::nullopt;
  const std::string lower = dockerfile::to_lower(name);
  for (std::size_t i = limit; i-- > 0;) {
    if (file.stages[i].from.name == lower) return i;
  }
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (error == std::errc() && end == name.data() + name.size() && number < limit) return number;
  return std::nullopt;
}

StagePlan plan_stages(const Dockerfile& file, const std::string& target, const Variables& global) {
  StagePlan plan;
  plan.target = find_target(file, target);
  plan.bases.resize(file.stages.size());
  plan.needs.resize(file.stages.size());
  std::vector<bool> reached(file.stages.size(), false);
  reached[plan.target] = true;
  for (std::size_t i = plan.target + 1; i-- > 0;) {  // a stage needs earlier ones only
    if (!reached[i]) continue;
    plan.order.insert(plan.order.begin(), i);
    const Origin& base = plan.bases[i] = find_base(file, i, global);
    std::set<std::size_t> needs;
    std::vector<std::string> images;
    if (base.stage) needs.insert(*base.stage);
    if (!base.stage && !base.is_scratch()) images.push_back(base.image);
    add_sources(file, i, needs, images);
    for (const std::size_t need : needs) reached[need] = true;
    plan.needs[i].assign(needs.begin(), needs.end());
    plan.images.insert(plan.images.begin(), images.begin(), images.end());
  }
  return plan;
}

bool StagePlan::has_independent_stages() const {
  // In a chain each stage needs the one before it.
  for (std::size_t i = 1; i < order.size(); ++i) {
    const auto& before = needs[order[i]];
    if (std::find(before.begin(), before.end(), order[i - 1]) == before.end()) return true;
  }
  return false;
}

std::vector<std::size_t> next_stages(const StagePlan& plan, const std::vector<StageProgress>& progress,
                                     std::size_t limit) {
  std::vector<std::size_t> next;
  auto running =
      static_cast<std::size_t>(std::count(progress.begin(), progress.end(), StageProgress::running));
  for (const std::size_t stage : plan.order) {
    if (running >= limit) break;
    if (progress[stage] != StageProgress::waiting) continue;
    const auto& needs = plan.needs[stage];
    const bool ready = std::all_of(needs.begin(), needs.end(),
                                   [&](std::size_t need) { return progress[need] == StageProgress::built; });
    if (!ready) continue;
    next.push_back(stage);
    ++running;
  }
  return next;
}

}  // namespace husk::build
