#include "libcore/dockerfile/evaluate.hpp"

#include "libcore/base/ascii.hpp"
#include "libcore/dockerfile/runes.hpp"

namespace husk::dockerfile {
namespace {

// BuildKit sets it where the base image does not.
constexpr const char* default_path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

class Evaluator {
 public:
  Evaluator(const Dockerfile& file, const World& world, Observer& observer, Diagnostics& diagnostics)
      : file_(file), world_(world), observer_(observer), diagnostics_(diagnostics) {}

  void run() {
    diagnostics_.run([&] { globals_ = evaluate_globals(file_, world_.build_arguments, world_.predefined); });
    std::vector<std::optional<std::string>> images(file_.stages.size());
    for (std::size_t i = 0; i < images.size(); ++i) {
      Diagnostics nobody_asked;
      (counts(i) ? diagnostics_ : nobody_asked).run([&] { images[i] = from(file_.stages[i]); });
    }
    for (std::size_t i = 0; i < images.size(); ++i) {
      states_.emplace_back().stage = i;
      if (images[i] && counts(i)) stage(i, *images[i]);
    }
  }

 private:
  bool counts(std::size_t stage) const { return world_.stages.empty() || world_.stages[stage]; }

  std::string from(const Stage& stage) {
    const Expansion image = expand_word(stage.from.image, globals_.values, {.escape = file_.escape});
    std::optional<Expansion> platform;
    if (!stage.from.platform.empty()) {
      platform = expand_word(stage.from.platform, globals_.values, {.escape = file_.escape});
    }
    observer_.on_from(stage, globals_, image, platform ? &*platform : nullptr);
    if (image.text.empty()) {
      throw SyntaxError(stage.from.image.at,
                        cat("base name (", escape(stage.from.image.text), ") should not be blank"));
    }
    return image.text;
  }

  void stage(std::size_t index, const std::string& image) {
    StageState& state = states_[index];
    start_from(state, image);
    state.environment.try_emplace("PATH", default_path);
    Diagnostics uncertain;
    Diagnostics& diagnostics =
        state.unknown_base && world_.unknown_image == World::UnknownImage::sets_anything ? uncertain
                                                                                         : diagnostics_;
    const std::vector<std::string> triggers = std::move(state.on_build);
    state.on_build.clear();
    const Instruction& from = file_.stages[index].instruction;
    for (const std::string& trigger : triggers) {
      diagnostics.run([&] { instruction(state, read_trigger(trigger, from)); });
    }
    for (const Instruction& each : file_.stages[index].instructions) {
      diagnostics.run([&] { instruction(state, each); });
    }
  }

  void start_from(StageState& state, const std::string& image) {
    const std::string lower = to_lower(image);
    for (std::size_t i = state.stage; i-- > 0;) {
      if (file_.stages[i].from.name != lower) continue;
      const std::size_t stage = state.stage;
      state = states_[i];
      state.stage = stage;
      return;
    }
    if (image == "scratch") return;
    const auto facts = world_.find_base ? world_.find_base(image) : std::nullopt;
    if (facts) {
      state.environment = facts->environment;
      for (const auto& [name, value] : facts->environment) state.fixed.insert(name);
      state.has_shell = facts->has_shell;
      state.on_build = facts->on_build;
    } else {
      state.unknown_base = image;
    }
  }

  // It stands in the base image: the place is that of the FROM.
  static Instruction read_trigger(const std::string& trigger, const Instruction& from) {
    Instruction instruction;
    try {
      instruction = parse_instruction(parse_one(trigger, '\\'));
    } catch (const SyntaxError& error) {
      throw SyntaxError(from.at, cat("ONBUILD ", quote(trigger), ": ", error.what()));
    }
    instruction.at = from.at;
    instruction.first_line = from.first_line;
    instruction.last_line = from.last_line;
    return instruction;
  }

  std::string expand_here(const StageState& state, const Instruction& instruction, const Word& word) {
    Expansion expansion = expand_word(word, state.environment, {.escape = file_.escape});
    observer_.on_expanded(instruction, state, expansion);
    return std::move(expansion.text);
  }

  void instruction(StageState& state, const Instruction& each) {
    const auto expand_all = [&](const std::vector<Word>& words) {
      std::vector<std::string> out;
      out.reserve(words.size());
      for (const Word& word : words) out.push_back(expand_here(state, each, word));
      return out;
    };
    std::vector<std::string> words;
    if (const auto* env = std::get_if<Env>(&each.what)) {
      observer_.on_instruction(each, state, {});
      return set_environment(state, each, *env);
    }
    if (const auto* arg = std::get_if<Arg>(&each.what)) return declare(state, each, *arg);
    if (const auto* label = std::get_if<Label>(&each.what)) {
      for (const Pair& pair : label->pairs) words = expand_all({pair.name, pair.value});
    } else if (const auto* copy = std::get_if<Copy>(&each.what)) {
      words = copy_words(state, each, *copy);
    } else if (const auto* run = std::get_if<Run>(&each.what)) {
      mounts(state, each, *run);
    } else if (const auto* workdir = std::get_if<Workdir>(&each.what)) {
      words = expand_all({workdir->path});
    } else if (const auto* user = std::get_if<User>(&each.what)) {
      words = expand_all({user->user});
    } else if (const auto* volume = std::get_if<Volume>(&each.what)) {
      words = expand_all(volume->paths);
    } else if (const auto* signal = std::get_if<StopSignal>(&each.what)) {
      words = expand_all({signal->signal});
    } else if (const auto* expose = std::get_if<Expose>(&each.what)) {
      for (const Word& word : expose->ports) {  // BuildKit does not look for undefined variables here
        for (auto& port : expand_word(word, state.environment, {.escape = file_.escape}).words)
          words.push_back(port);
      }
    }
    observer_.on_instruction(each, state, words);
    state.has_workdir |= std::holds_alternative<Workdir>(each.what);
    state.has_shell |= std::holds_alternative<Shell>(each.what);
    if (const auto* on_build = std::get_if<OnBuild>(&each.what)) state.on_build.push_back(on_build->trigger);
  }

  // All values are those from before the instruction.
  void set_environment(StageState& state, const Instruction& each, const Env& env) {
    std::vector<std::pair<std::string, std::string>> pairs;
    for (const Pair& pair : env.pairs) {
      std::string name = expand_here(state, each, pair.name);
      pairs.emplace_back(std::move(name), expand_here(state, each, pair.value));
    }
    for (auto& [name, value] : pairs) {
      state.environment[name] = std::move(value);
      state.fixed.insert(name);
    }
  }

  void declare(StageState& state, const Instruction& each, const Arg& arg) {
    observer_.on_instruction(each, state, {});
    for (const Arg::Item& item : arg.items) {
      const std::string& name = item.name.text;
      std::optional<std::string> value;
      bool from_global = false;
      if (const auto given = world_.build_arguments.find(name); given != world_.build_arguments.end()) {
        value = given->second;
      } else if (item.value) {
        value = expand_here(state, each, *item.value);
      } else if (const auto global = globals_.values.find(name); global != globals_.values.end()) {
        value = global->second;
        from_global = true;
      }
      observer_.on_argument(each, state, item, value, from_global);
      if (value && !state.fixed.contains(name)) state.environment[name] = *value;
      state.declared.insert(name);
    }
  }

  std::vector<std::string> copy_words(const StageState& state, const Instruction& each, const Copy& copy) {
    for (const Word* flag : {&copy.chown, &copy.chmod, &copy.checksum, &copy.from}) {
      if (!flag->empty()) (void)expand_here(state, each, *flag);
    }
    for (const Word& pattern : copy.exclude) (void)expand_here(state, each, pattern);
    std::vector<std::string> words;
    for (const Copy::Source& source : copy.sources) {
      if (!source.heredoc) {
        words.push_back(expand_here(state, each, source.path));
      } else if (source.heredoc->expand) {
        const Word body{source.heredoc->chomped(), source.heredoc->at};
        observer_.on_expanded(each, state, expand_word(body, state.environment, {.ignore_quotes = true}));
      }
    }
    words.push_back(expand_here(state, each, copy.destination));
    return words;
  }

  void mounts(const StageState& state, const Instruction& each, const Run& run) {
    for (const Word& word : run.mounts) {
      const RunMount mount =
          parse_run_mount(word, [&](const Word& value) { return expand_here(state, each, value); });
      observer_.on_mount(each, state, mount);
    }
  }

  const Dockerfile& file_;
  const World& world_;
  Observer& observer_;
  Diagnostics& diagnostics_;
  Globals globals_;
  std::vector<StageState> states_;
};

}  // namespace

void evaluate(const Dockerfile& file, const World& world, Observer& observer, Diagnostics& diagnostics) {
  Evaluator(file, world, observer, diagnostics).run();
}

}  // namespace husk::dockerfile
