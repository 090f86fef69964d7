#include "libcore/build/stages.hpp"

#include "libcore/base/ascii.hpp"
#include "libcore/build/image_key.hpp"
#include "libcore/dockerfile/run_mount.hpp"
#include "libcore/dockerfile/runes.hpp"
#include "libcore/dockerfile/suggest.hpp"

#include <algorithm>
#include <charconv>
#include <functional>
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
  const std::string meant = dockerfile::did_you_mean(to_lower(target), names);
  throw Error(cat("target stage ", dockerfile::in_double_quotes(target), " could not be found in ",
                  quote(file.source.name()), meant.empty() ? "" : cat(" (did you mean ", meant, "?)")));
}

oci::Platform find_platform(const Dockerfile& file, std::size_t index, const Variables& global,
                            const oci::Platform& otherwise) {
  const dockerfile::Word& word = file.stages[index].from.platform;
  const std::string text = dockerfile::expand_word(word, global, {.escape = file.escape}).text;
  try {
    return text.empty() ? otherwise : oci::parse_platform(text);
  } catch (const Error& error) {
    dockerfile::SyntaxError located(word.at, cat("--platform: ", error.what()));
    located.set_hint(error.hint());
    throw located;
  }
}

// An image goes by its plain name where it is one for this machine.
Origin find_base(const Dockerfile& file, std::size_t index, const Variables& global,
                 const NamedContexts& contexts) {
  const dockerfile::From& from = file.stages[index].from;
  const std::string name = dockerfile::expand_word(from.image, global, {.escape = file.escape}).text;
  if (name.empty()) {
    throw dockerfile::SyntaxError(from.image.at,
                                  cat("base name (", escape(from.image.text), ") should not be blank"));
  }
  if (const ContextName* const context = find_context(contexts, name)) {
    if (const auto image = image_name_of(*context)) return {.image = *image};
    return {.image = "scratch", .context = name};
  }
  // By name only: "FROM 0" is an image.
  for (std::size_t i = index; i-- > 0;) {
    if (file.stages[i].from.name == to_lower(name)) return {.stage = i};
  }
  return {.image = name};
}

// The stages and images that the instructions of stage INDEX take files from.
class Sources {
 public:
  Sources(const Dockerfile& file, std::size_t index, const NamedContexts& contexts,
          std::function<std::string(const std::string&)> image_key)
      : file_(file), index_(index), contexts_(contexts), image_key_(std::move(image_key)) {}

  void add(const dockerfile::Instruction& instruction) {
    if (const Copy* const copy = std::get_if<Copy>(&instruction.what)) add(copy->from.text);
    if (const auto* const run = std::get_if<dockerfile::Run>(&instruction.what)) {
      for (const dockerfile::Word& mount : run->mounts) add(dockerfile::source_of_mount(mount));
    }
  }

  // ONBUILD of a stage that this one starts from.
  void add_triggers_of(const Stage& base) {
    for (const auto& instruction : base.instructions) {
      if (const auto* const on_build = std::get_if<dockerfile::OnBuild>(&instruction.what))
        add_trigger(on_build->trigger);
    }
  }
  void add_trigger(const std::string& trigger) {
    add(dockerfile::parse_instruction(dockerfile::parse_one(trigger, file_.escape)));
  }

  std::set<std::size_t> stages;
  std::vector<std::string> images;
  std::vector<std::string> directories;

 private:
  // A name that is given by a variable is not known before the stage is built: any earlier stage may be
  // meant, or what is in a layout.
  void add(const std::string& name) {
    if (name.empty()) return;
    if (name.find('$') != std::string::npos) {
      for (std::size_t i = 0; i < index_; ++i) stages.insert(i);
      for (const auto& [key, context] : contexts_) {
        if (context.kind == ContextName::Kind::layout) images.push_back(image_key_(*image_name_of(context)));
      }
    } else if (const ContextName* const context = find_context(contexts_, name)) {
      const auto image = image_name_of(*context);
      if (image) images.push_back(image_key_(*image));
      if (!image) directories.push_back(name);
    } else if (const auto found = find_stage(file_, name, index_)) {
      stages.insert(*found);
    } else if (!find_stage(file_, name, index_ + 1) && name != "scratch") {
      images.push_back(image_key_(name));
    }
  }

  const Dockerfile& file_;
  std::size_t index_;
  const NamedContexts& contexts_;
  std::function<std::string(const std::string&)> image_key_;
};

}  // namespace

std::optional<std::size_t> find_stage(const Dockerfile& file, std::string_view name, std::size_t limit) {
  if (name.empty()) return std::nullopt;
  const std::string lower = to_lower(name);
  for (std::size_t i = limit; i-- > 0;) {
    if (file.stages[i].from.name == lower) return i;
  }
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (error == std::errc() && end == name.data() + name.size() && number < limit) return number;
  return std::nullopt;
}

StagePlan plan_stages(const Dockerfile& file, const std::string& target, const Variables& global,
                      const NamedContexts& contexts, const Platforms& platforms) {
  StagePlan plan;
  dockerfile::Diagnostics diagnostics;
  plan.target = find_target(file, target);
  plan.bases.resize(file.stages.size());
  plan.needs.resize(file.stages.size());
  plan.platforms.resize(file.stages.size(), platforms.target);
  std::vector<bool> reached(file.stages.size(), false);
  reached[plan.target] = true;
  for (std::size_t i = plan.target + 1; i-- > 0;) {  // a stage needs earlier ones only
    if (!reached[i]) continue;
    plan.order.insert(plan.order.begin(), i);
    Origin& base = plan.bases[i];
    diagnostics.run([&] {
      base = find_base(file, i, global, contexts);
      plan.platforms[i] = find_platform(file, i, global, platforms.target);
    });
    const auto key = [&, i](const std::string& name) {
      return image_key(name, plan.platforms[i], platforms.build);
    };
    if (!base.stage && !base.is_scratch()) base.image = key(base.image);
    Sources sources(file, i, contexts, key);
    if (base.stage) sources.stages.insert(*base.stage);
    if (base.stage) sources.add_triggers_of(file.stages[*base.stage]);
    if (!base.context.empty()) sources.directories.push_back(base.context);
    if (!base.stage && !base.is_scratch()) sources.images.push_back(base.image);
    for (const auto& instruction : file.stages[i].instructions) sources.add(instruction);
    for (const std::size_t need : sources.stages) reached[need] = true;
    plan.needs[i].assign(sources.stages.begin(), sources.stages.end());
    plan.images.insert(plan.images.begin(), sources.images.begin(), sources.images.end());
    plan.contexts.insert(plan.contexts.begin(), sources.directories.begin(), sources.directories.end());
  }
  if (!diagnostics.empty()) diagnostics.fail(file.source);
  return plan;
}

std::vector<std::size_t> add_triggers(StagePlan& plan, const Dockerfile& file, std::size_t stage,
                                      const std::vector<std::string>& triggers, const Variables& global,
                                      const NamedContexts& contexts, const Platforms& platforms) {
  Sources sources(file, stage, contexts, [&](const std::string& name) {
    return image_key(name, plan.platforms[stage], platforms.build);
  });
  try {
    for (const std::string& trigger : triggers) sources.add_trigger(trigger);
  } catch (const dockerfile::SyntaxError&) {
    return {};  // said when the stage is begun
  }
  std::vector<std::size_t> added;
  auto& needs = plan.needs[stage];
  for (const std::size_t need : sources.stages) {
    if (std::find(needs.begin(), needs.end(), need) == needs.end()) needs.push_back(need);
    if (std::find(plan.order.begin(), plan.order.end(), need) != plan.order.end()) continue;
    const StagePlan other = plan_stages(file, cat(need), global, contexts, platforms);
    for (const std::size_t index : other.order) {
      const auto place = std::lower_bound(plan.order.begin(), plan.order.end(), index);
      if (place != plan.order.end() && *place == index) continue;
      plan.order.insert(place, index);
      plan.bases[index] = other.bases[index];
      plan.needs[index] = other.needs[index];
      plan.platforms[index] = other.platforms[index];
      added.push_back(index);
    }
  }
  return added;
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
