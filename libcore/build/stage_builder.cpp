#include "libcore/build/stage_builder.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/sys.hpp"
#include "libcore/build/cached_step.hpp"
#include "libcore/dockerfile/runes.hpp"
#include "libcore/oci/platform.hpp"

#include <utility>

namespace husk::build {
namespace {

using namespace dockerfile;

constexpr const char* history_comment = "buildkit.dockerfile.v0";
}  // namespace

std::string title_of(const Instruction& instruction) {
  constexpr std::size_t longest = 160;
  std::string out = instruction.keyword;
  const std::string text = without_credentials(instruction.original.substr(instruction.keyword.size()));
  bool blank = true;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool begins_character = (byte & 0xc0U) != 0x80;
    if (out.size() > longest && begins_character) return escape(out) + "…";
    const bool space = byte < 0x80 && is_space(byte);
    if (!space && blank) out += ' ';
    blank = space;
    if (!space) out += c;
  }
  return escape(out);
}

StageBuilder::StageBuilder(Workshop& workshop, const StagePlan& plan, std::size_t stage)
    : shop_(workshop),
      session_(workshop.session),
      stage_(workshop.file.stages[stage]),
      base_(plan.bases[stage]),
      platform_(plan.platforms[stage]),
      squash_mark_(workshop.squash_marks[stage]),
      scope_(workshop.global, workshop.session.options.arguments, workshop.file.escape),
      layers_(workshop.session) {}

void StageBuilder::report(Event::Kind kind, double seconds) const {
  session_.report({.kind = kind,
                   .stage = shop_.first_stage + static_cast<std::size_t>(&stage_ - shop_.file.stages.data()),
                   .step = started_ ? next_ + 2 : 1,
                   .steps = 1 + triggers_.size() + stage_.instructions.size(),
                   .text = title_,
                   .seconds = seconds,
                   .key = key_});
}

// Errors that leave BODY get the place in the Dockerfile.
void StageBuilder::at_place(const Instruction& instruction, const std::function<void()>& body) {
  const auto settle = [&] {
    try {
      layers_.settle();
    } catch (const Error&) {
      // What failed first is what the user has to know.
    }
  };
  try {
    body();
  } catch (const SyntaxError& error) {
    settle();
    shop_.file.source.fail(error.at(), error.what(), error.hint());
  } catch (const Error& error) {
    settle();
    Error located(shop_.file.source.explain(instruction.at, cat(title_of(instruction), ": ", error.what())),
                  error.exit());
    located.set_hint(error.hint());
    throw located;
  }
}

bool StageBuilder::advance(Effort effort) {
  effort_ = effort;
  if (!started_) at_place(stage_.instruction, [&] { start(); });
  started_ = true;
  for (; next_ < triggers_.size() + stage_.instructions.size(); ++next_) {
    bool done = false;
    if (next_ < triggers_.size()) {
      at_place(stage_.instruction, [&] { done = execute(triggers_[next_]); });
    } else {
      const Instruction& instruction = stage_.instructions[next_ - triggers_.size()];
      if (squash_mark_ == next_ - triggers_.size()) unsquashed_ = layers_.size();
      at_place(instruction, [&] { done = execute(instruction); });
    }
    if (!done) return false;
  }
  return true;
}

StageResult StageBuilder::result() {
  state_.config.diff_ids = layers_.diff_ids();
  state_.config.created = time_;
  materials_.add({.images = {}, .remote = shop_.contexts.remote(), .locals = {}, .secrets = {}, .agents = {}});
  return {state_.config, state_.key, unsquashed_, keys_, materials_};
}

void StageBuilder::start() {
  title_ = title_of(stage_.instruction);
  report(Event::Kind::config);
  if (base_.stage) {
    const StageResult& base = shop_.built.at(*base_.stage);
    state_.config = base.config;
    state_.key = base.key;
    keys_ = base.keys;
  } else if (base_.is_scratch()) {
    state_.config = scratch_config(platform_);
    state_.key = "scratch " + platform_.str();
  } else {
    const BaseImage& image = shop_.images.get(base_.image);
    materials_.images.insert(base_.image);
    state_.config = image.config;
    state_.key = image.id.str();
  }
  layers_.start_from(state_.config.diff_ids);
  time_ = state_.config.created.empty() ? no_time : state_.config.created;
  scope_.set_environment(state_.config.env);
  add_triggers();
  if (!base_.context.empty()) add_context();
}

// ONBUILD of the base image or stage: run here, and not again in an image made from this one.
void StageBuilder::add_triggers() {
  const std::vector<std::string> triggers = std::move(state_.config.on_build);
  state_.config.on_build.clear();
  for (const std::string& trigger : triggers) {
    try {
      triggers_.push_back({trigger, parse_instruction(parse_one(trigger, '\\'))});
    } catch (const SyntaxError& error) {
      throw Error(cat("ONBUILD ", quote(trigger), ": ", error.what()));
    }
  }
}

bool StageBuilder::execute(const Trigger& trigger) {
  if (trigger.text.empty()) return execute(trigger.instruction);
  return in_context([&] { return cat("ONBUILD ", quote(trigger.text)); },
                    [&] {
                      try {
                        return execute(trigger.instruction);
                      } catch (const SyntaxError& error) {
                        throw Error(error.what());  // the place is one in the trigger
                      }
                    });
}

// FROM of a directory that --build-context names: its files are copied before anything else is done.
void StageBuilder::add_context() {
  Copy copy{.sources = {{.path = {".", stage_.from.image.at}}}, .destination = {"/", stage_.from.image.at}};
  copy.from = {base_.context, stage_.from.image.at};
  triggers_.push_front({"",
                        {.what = std::move(copy),
                         .keyword = "COPY",
                         .at = stage_.instruction.at,
                         .original = cat("COPY --from=", base_.context, " . /")}});
}

bool StageBuilder::execute(const Instruction& instruction) {
  if (missed_) {
    make(*std::exchange(missed_, {}));
    return true;
  }
  check_interrupted();
  title_ = title_of(instruction);
  key_.clear();
  sys::reached("build.instruction");
  if (const Run* what = std::get_if<Run>(&instruction.what)) return run(*what);
  if (const Copy* what = std::get_if<Copy>(&instruction.what)) return copy(*what, instruction);
  if (const Workdir* what = std::get_if<Workdir>(&instruction.what)) return workdir(*what);
  report(Event::Kind::config);
  if (const auto history = apply_to_config(instruction, scope_, state_)) {
    add_history(*history, time_, Changes::nothing);
  }
  return true;
}

void StageBuilder::add_history(const std::string& text, const std::string& time, Changes changes) {
  state_.config.history.push_back({.created = time,
                                   .created_by = text,
                                   .comment = history_comment,
                                   .author = {},
                                   .empty_layer = changes == Changes::nothing});
}

}  // namespace husk::build
