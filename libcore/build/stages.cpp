#include "libcore/build/stages.hpp"

#include "libcore/dockerfile/runes.hpp"

#include <algorithm>
#include <charconv>

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

// The stages that COPY --from and RUN --mount=from= of a stage name. One that is given by a variable is not
// known before the stage is built; it counts if its text as it stands names a stage.
void add_sources(const Dockerfile& file, std::size_t index, std::vector<bool>& needed) {
  const auto need = [&](std::string_view name) {
    if (const auto found = find_stage(file, name, index)) needed[*found] = true;
  };
  for (const auto& instruction : file.stages[index].instructions) {
    if (const Copy* copy = std::get_if<Copy>(&instruction.what)) {
      if (copy->from.text.find('$') != std::string::npos) {
        std::fill(needed.begin(), needed.begin() + static_cast<std::ptrdiff_t>(index), true);
      } else {
        need(copy->from.text);
      }
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
  std::vector<bool> needed(file.stages.size(), false);
  needed[plan.target] = true;
  for (std::size_t i = plan.target + 1; i-- > 0;) {  // a stage needs earlier ones only
    if (!needed[i]) continue;
    plan.bases[i] = find_base(file, i, global);
    if (plan.bases[i].stage) needed[*plan.bases[i].stage] = true;
    add_sources(file, i, needed);
  }
  for (std::size_t i = 0; i <= plan.target; ++i) {
    if (needed[i]) plan.order.push_back(i);
  }
  return plan;
}

}  // namespace husk::build
