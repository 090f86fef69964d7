#include "libcore/build/stage_builder.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/sys.hpp"
#include "libcore/build/roots.hpp"
#include "libcore/build/run_step.hpp"
#include "libcore/dockerfile/runes.hpp"
#include "libcore/runtime/user.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <algorithm>

namespace husk::build {
namespace {

using namespace dockerfile;

constexpr const char* history_comment = "buildkit.dockerfile.v0";
constexpr const char* no_time = "1970-01-01T00:00:00Z";
constexpr std::string_view created_prefix = "created ";

std::string note_for(const std::string& time, std::string_view title, const StepKey& key) {
  return cat(created_prefix, time, "\n", title, "\n", key.parts());
}

std::string created_of(std::string_view note) {
  if (!note.starts_with(created_prefix)) return no_time;
  note.remove_prefix(created_prefix.size());
  return std::string(note.substr(0, note.find('\n')));
}

Owner owner_of_user(int root, const std::string& user) {
  runtime::Identity identity;
  if (user.empty()) return {};
  if (runtime::find_identity(root, runtime::parse_user(user), identity) != runtime::UserFailure::none) {
    throw Error(cat("USER ", quote(user), " is not in the image's /etc/passwd"));
  }
  return {identity.uid, identity.gid};
}

}  // namespace

std::string title_of(const Instruction& instruction) {
  constexpr std::size_t longest = 160;
  std::string out = instruction.keyword;
  const std::string_view text = std::string_view(instruction.original).substr(instruction.keyword.size());
  bool blank = true;
  for (const char c : text) {
    const bool space = is_space(static_cast<unsigned char>(c));
    if (!space && blank) out += ' ';
    blank = space;
    if (!space) out += c;
    if (out.size() > longest) return escape(out) + "…";
  }
  return escape(out);
}

StageBuilder::StageBuilder(Workshop& workshop, std::size_t stage, const Origin& base)
    : shop_(workshop),
      session_(workshop.session),
      stage_(workshop.file.stages[stage]),
      base_(base),
      scope_(workshop.global, workshop.session.options.arguments, workshop.file.escape),
      layers_(workshop.session) {}

void StageBuilder::report(Event::Kind kind, double seconds) const {
  session_.report(
      {.kind = kind, .step = shop_.step, .steps = shop_.steps, .text = title_, .seconds = seconds});
}

StageResult StageBuilder::build() {
  const auto at_place = [&](const Instruction& instruction, const auto& body) {
    try {
      body();
    } catch (const SyntaxError& error) {
      layers_.settle();
      shop_.file.source.fail(error.at(), error.what(), error.hint());
    } catch (const Error& error) {
      layers_.settle();
      Error located(shop_.file.source.explain(instruction.at, cat(title_of(instruction), ": ", error.what())),
                    error.exit());
      located.set_hint(error.hint());
      throw located;
    }
  };
  at_place(stage_.instruction, [&] { start(); });
  for (const Instruction& instruction : stage_.instructions) {
    at_place(instruction, [&] { execute(instruction); });
  }
  state_.config.diff_ids = layers_.diff_ids();
  state_.config.created = time_;
  return {state_.config, state_.key};
}

void StageBuilder::start() {
  ++shop_.step;
  title_ = title_of(stage_.instruction);
  report(Event::Kind::started);
  if (!stage_.from.platform.empty()) {
    const std::string wanted =
        expand(stage_.from.platform.text, shop_.global, {.escape = shop_.file.escape}).text;
    if (!wanted.empty() && oci::parse_platform(wanted) != shop_.platform) {
      throw SyntaxError(stage_.from.platform.at, cat("husk-build does not support --platform=",
                                                     escape(wanted), " on ", shop_.platform.str(), " yet"));
    }
  }
  if (base_.stage) {
    const StageResult& base = shop_.built.at(*base_.stage);
    state_.config = base.config;
    state_.key = base.key;
  } else if (base_.is_scratch()) {
    state_.config = scratch_config(shop_.platform);
    state_.key = "scratch " + shop_.platform.str();
  } else {
    const BaseImage& image = shop_.images.get(base_.image);
    state_.config = image.config;
    state_.key = image.id.str();
  }
  layers_.start_from(state_.config.diff_ids);
  time_ = state_.config.created.empty() ? no_time : state_.config.created;
  scope_.set_environment(state_.config.env);
  if (!base_.stage) run_triggers();
}

// ONBUILD of the base image: run here, and not again in an image made from this one.
void StageBuilder::run_triggers() {
  const std::vector<std::string> triggers = std::move(state_.config.on_build);
  state_.config.on_build.clear();
  for (const std::string& trigger : triggers) {
    in_context([&] { return cat("ONBUILD ", quote(trigger)); },
               [&] {
                 Instruction instruction;
                 try {
                   instruction = parse_instruction(parse_one(trigger, '\\'));
                   ++shop_.steps;
                   execute(instruction);
                 } catch (const SyntaxError& error) {
                   throw Error(error.what());  // the place is one in the trigger
                 }
               });
  }
}

void StageBuilder::execute(const Instruction& instruction) {
  check_interrupted();
  ++shop_.step;
  title_ = title_of(instruction);
  sys::reached("build.instruction");
  if (const Run* what = std::get_if<Run>(&instruction.what)) return run(*what);
  if (const Copy* what = std::get_if<Copy>(&instruction.what)) return copy(*what, instruction);
  if (const Workdir* what = std::get_if<Workdir>(&instruction.what)) return workdir(*what);
  report(Event::Kind::started);
  if (const auto history = apply_to_config(instruction, scope_, state_)) {
    add_history(*history, time_, Changes::nothing);
  }
}

void StageBuilder::add_history(const std::string& text, const std::string& time, Changes changes) {
  state_.config.history.push_back({.created = time,
                                   .created_by = text,
                                   .comment = history_comment,
                                   .author = {},
                                   .empty_layer = changes == Changes::nothing});
}

void StageBuilder::file_step(StepKey key, const std::string& history, const Make& make) {
  const std::string time = step_time(session_.options);
  const std::string note = note_for(time, title_, key);
  const std::string name = key.finish();
  state_.key = name;
  if (session_.options.cache == Cache::use) {
    const auto record = store::find_cache_record(session_.store(), name);
    const bool usable = record && (!record->diff_id ||
                                   store::find_layer(session_.store(), session_.map.kind, *record->diff_id));
    if (usable) {
      report(Event::Kind::cached);
      time_ = std::max(time_, created_of(record->note));
      add_history(history, created_of(record->note), record->diff_id ? Changes::files : Changes::nothing);
      if (record->diff_id) layers_.add_cached(*record->diff_id);
      return;
    }
  }
  report(Event::Kind::started);
  const std::size_t before = layers_.size();
  const auto began = std::chrono::steady_clock::now();
  make_step(name, note, make);
  time_ = std::max(time_, time);
  add_history(history, time, layers_.size() == before ? Changes::nothing : Changes::files);
  report(Event::Kind::done, std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
}

void StageBuilder::make_step(const std::string& key, const std::string& note, const Make& make) {
  store::PendingLayer layer(session_.lease, session_.map);
  sys::reached("build.layer_begun");
  const runtime::Rootfs rootfs{.lower = layers_.lower(), .upper = layer.tree(), .work = layer.work()};
  std::vector<archive::RecordedOwner> owners = make(rootfs);
  if (has_no_entries(layer.tree())) {
    store::put_cache_record(session_.lease, key, {.diff_id = {}, .note = note});
  } else {
    layers_.push(std::move(layer), std::move(owners), key, note);
  }
}

void StageBuilder::run(const Run& what) {
  const RunOrder order = plan_run(what, scope_, state_, session_.options);
  StepKey key(state_.key, "RUN");
  add_to_key(key, order, session_.options, shop_.platform);
  file_step(std::move(key), order.history, [&](const runtime::Rootfs& rootfs) {
    execute_run(session_, order, rootfs);
    return std::vector<archive::RecordedOwner>{};
  });
}

std::optional<CopySource> StageBuilder::find_copy_source(const Copy& what) {
  if (what.from.empty()) return std::nullopt;
  const std::string name = scope_.expand(what.from);
  if (name.empty()) throw SyntaxError(what.from.at, "--from is empty");
  const auto limit = static_cast<std::size_t>(&stage_ - shop_.file.stages.data());
  if (const auto stage = find_stage(shop_.file, name, limit))
    return CopySource{shop_.built.at(*stage).config.diff_ids};
  if (find_stage(shop_.file, name, limit + 1) == limit) {
    throw SyntaxError(what.from.at, cat("a stage can't copy from itself: ", quote(name)));
  }
  try {
    return CopySource{shop_.images.get(name).config.diff_ids};
  } catch (const Error& error) {
    throw SyntaxError(what.from.at,
                      cat("--from=", escape(name), " is no earlier stage; as an image: ", error.what()));
  }
}

void StageBuilder::copy(const Copy& what, const Instruction& instruction) {
  const CopyStep step = plan_copy(what, instruction, scope_, state_);
  const std::optional<CopySource> source = find_copy_source(what);
  const CopyContent content =
      source ? examine_source(session_, *source, step) : examine_context(shop_.context, step);
  StepKey key(state_.key, step.keyword);
  add_to_key(key, step, content);
  file_step(std::move(key), step.history, [&](const runtime::Rootfs& rootfs) {
    return execute_copy(session_, step, content, shop_.context, source, rootfs);
  });
}

void StageBuilder::workdir(const Workdir& what) {
  const std::string text = scope_.expand(what.path);
  if (text.empty()) throw SyntaxError(what.path.at, "WORKDIR is empty");
  std::string path = resolve_in_image(state_.config, text);
  if (path.size() > 1 && path.ends_with('/')) path.pop_back();
  StepKey key(state_.key, "WORKDIR");
  key.add("path", path);
  key.add("user", state_.config.user);
  file_step(std::move(key), cat("WORKDIR ", path), [&](const runtime::Rootfs& rootfs) {
    const std::string unset = in_roots(session_, rootfs, std::nullopt, [&](int root, int) -> std::string {
      (void)make_directories(root, path, [&](int parent, const std::string& name) {
        const Owner owner = owner_of_user(root, state_.config.user);
        if (::fchownat(parent, name.c_str(), owner.uid, owner.gid, AT_SYMLINK_NOFOLLOW) == 0) return;
        if (errno != EINVAL) throw_errno("set the owner of ", quote(path));
      });
      return "";
    });
    (void)unset;
    return std::vector<archive::RecordedOwner>{};
  });
  state_.config.working_dir = path;
}

}  // namespace husk::build
