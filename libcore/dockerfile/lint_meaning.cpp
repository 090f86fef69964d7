#include "libcore/dockerfile/lint_stages.hpp"

#include "libcore/base/ascii.hpp"
#include "libcore/dockerfile/ports.hpp"
#include "libcore/dockerfile/runes.hpp"
#include "libcore/dockerfile/suggest.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace husk::dockerfile {
namespace {

// Whether a part of NAME between "_" is one of WORDS, in any case.
template <std::size_t Size>
bool has_word(std::string_view name, const std::array<std::string_view, Size>& words) {
  const std::string lower = to_lower(name);
  for (std::size_t begin = 0; begin <= lower.size();) {
    const auto end = std::min(lower.find('_', begin), lower.size());
    const std::string_view word = std::string_view(lower).substr(begin, end - begin);
    if (std::find(words.begin(), words.end(), word) != words.end()) return true;
    begin = end + 1;
  }
  return false;
}

bool is_secret(std::string_view name) {
  constexpr std::array<std::string_view, 10> secret = {
      "apikey", "auth", "credential", "credentials", "key", "password", "pword", "passwd", "secret", "token"};
  constexpr std::array<std::string_view, 3> harmless = {"public", "file", "version"};
  return has_word(name, secret) && !has_word(name, harmless);
}

// Arguments of BuildKit that are no variables of a step.
bool is_no_variable(std::string_view name) {
  return name == "BUILDKIT_SBOM_SCAN_CONTEXT" || name == "BUILDKIT_SBOM_SCAN_STAGE";
}

bool is_remote(std::string_view source) {
  return source.find("://") != std::string_view::npos || source.starts_with("git@");
}

std::string meant(std::string_view name, const std::vector<std::string_view>& known, std::string_view sign) {
  const std::string found = nearest(name, known);
  return found.empty() ? "" : cat(" (did you mean ", sign, found, "?)");
}

class Linter : public Observer {
 public:
  Linter(const LintInput& input, LintReport& report) : input_(input), report_(report) {}

  void on_from(const Stage& stage, const Globals& globals, const Expansion& image,
               const Expansion* platform) override {
    check_undeclared(stage, globals, image);
    if (platform == nullptr) return;
    check_undeclared(stage, globals, *platform);
    check_redundant(stage, globals, *platform);
    check_constant(stage, *platform);
    if (platform->text.empty()) {
      std::string message = cat("empty platform value from expression ", escape(stage.from.platform.text));
      for (const std::string& name : platform->unmatched) {
        const std::string hint = meant(name, names_in(globals.values), "");
        message += hint;
        if (!hint.empty()) break;
      }
      throw SyntaxError(stage.from.platform.at, std::move(message));
    }
    if (!input_.parse_platform(platform->text)) {
      throw SyntaxError(stage.from.platform.at, cat("failed to parse platform ", escape(platform->text)));
    }
  }

  void on_expanded(const Instruction& instruction, const StageState& state,
                   const Expansion& expansion) override {
    if (state.unknown_base && input_.world.unknown_image == World::UnknownImage::sets_anything) return;
    for (const std::string& name : expansion.unmatched) {
      if (state.declared.contains(name) || is_no_variable(name)) continue;
      if (state.unknown_base) report_.result.unknown_images.insert(*state.unknown_base);
      report_.add(
          Rule::undefined_var, place_of(instruction),
          cat("Usage of undefined variable '$", name, "'", meant(name, names_in(state.environment), "$")));
    }
  }

  void on_argument(const Instruction& instruction, const StageState&, const Arg::Item& item,
                   const std::optional<std::string>&, bool) override {
    check_secret(instruction, item.name.text);
  }

  void on_instruction(const Instruction& instruction, const StageState& state,
                      const std::vector<std::string>& words) override {
    if (const Env* env = std::get_if<Env>(&instruction.what)) {
      check_pairs(instruction, env->pairs);
      for (const Pair& pair : env->pairs) check_secret(instruction, pair.name.text);
    } else if (const Label* label = std::get_if<Label>(&instruction.what)) {
      check_pairs(instruction, label->pairs);
    } else if (std::holds_alternative<Cmd>(instruction.what) ||
               std::holds_alternative<Entrypoint>(instruction.what)) {
      check_once(instruction, state);
      check_form(instruction, state);
    } else if (std::holds_alternative<Health>(instruction.what)) {
      check_once(instruction, state);
    } else if (std::holds_alternative<Workdir>(instruction.what)) {
      check_workdir(instruction, state, words.front());
    } else if (std::holds_alternative<Expose>(instruction.what)) {
      for (const std::string& word : words) check_port(instruction, word);
    } else if (const Copy* copy = std::get_if<Copy>(&instruction.what)) {
      if (copy->from.empty()) check_sources(instruction, {words.begin(), words.end() - 1});
    }
  }

 private:
  static std::vector<std::string_view> names_in(const Variables& variables) {
    std::vector<std::string_view> names;
    for (const auto& [name, value] : variables) names.push_back(name);
    return names;
  }

  void check_undeclared(const Stage& stage, const Globals& globals, const Expansion& expansion) {
    std::vector<std::string_view> known = names_in(globals.values);
    for (const GlobalArgument& argument : globals.arguments) known.push_back(argument.name);
    for (const std::string& name : expansion.unmatched) {
      if (std::find(known.begin(), known.end(), name) != known.end()) continue;
      report_.add(Rule::undefined_arg_in_from, place_of(stage.instruction),
                  cat("FROM argument '", name, "' is not declared", meant(name, known, "")));
    }
  }

  void check_redundant(const Stage& stage, const Globals& globals, const Expansion& platform) {
    if (platform.matched.size() != 1 || !platform.unmatched.empty()) return;
    const auto target = globals.values.find("TARGETPLATFORM");
    if (!platform.matched.contains("TARGETPLATFORM") || target == globals.values.end()) return;
    if (platform.text != target->second) return;
    report_.add(Rule::redundant_target_platform, place_of(stage.instruction),
                cat("Setting platform to predefined ", stage.from.platform.text,
                    " in FROM is redundant as this is the default behavior"));
  }

  void check_constant(const Stage& stage, const Expansion& platform) {
    if (!platform.matched.empty() || !platform.unmatched.empty()) return;
    const auto parsed = input_.parse_platform(platform.text);
    const std::string& name = stage.from.name;
    const auto names = [&](const std::string& part) { return name.find(part) != std::string::npos; };
    if (!parsed || names(parsed->os) || names(parsed->architecture)) return;
    report_.add(Rule::from_platform_flag_const_disallowed, place_of(stage.instruction),
                cat("FROM --platform flag should not use constant value \"", platform.text, "\""));
  }

  void check_secret(const Instruction& instruction, const std::string& name) {
    if (!is_secret(name)) return;
    report_.add(Rule::secrets_used_in_arg_or_env, place_of(instruction),
                cat("Do not use ARG or ENV instructions for sensitive data (", instruction.keyword, " \"",
                    name, "\")"));
  }

  void check_pairs(const Instruction& instruction, const std::vector<Pair>& pairs) {
    const std::string_view keyword = instruction.written_keyword();
    for (const Pair& pair : pairs) {
      if (!pair.old_form) continue;
      report_.add(Rule::legacy_key_value_format, place_of(instruction),
                  cat("\"", keyword, " key=value\" should be used instead of legacy \"", keyword,
                      " key value\" format"));
    }
  }

  // The one before, which has no effect, is what the warning is about; a "# check=" before this one counts.
  void check_once(const Instruction& instruction, const StageState& state) {
    const auto [entry, first] = last_.try_emplace({state.stage, instruction.keyword}, &instruction);
    if (first) return;
    const Instruction& before = *entry->second;
    report_.add(
        Rule::multiple_instructions_disallowed, {before.first_line, before.last_line, &instruction.comments},
        cat("Multiple ", instruction.written_keyword(),
            " instructions should not be used in the same stage because only the last one will be used"));
    entry->second = &instruction;
  }

  void check_form(const Instruction& instruction, const StageState& state) {
    const Cmd* const cmd = std::get_if<Cmd>(&instruction.what);
    const Command& command = cmd != nullptr ? cmd->command : std::get<Entrypoint>(instruction.what).command;
    if (command.exec_form || state.has_shell) return;
    report_.add(Rule::json_args_recommended, place_of(instruction),
                cat("JSON arguments recommended for ", instruction.written_keyword(),
                    " to prevent unintended behavior related to OS signals"));
  }

  void check_workdir(const Instruction& instruction, const StageState& state, const std::string& path) {
    if (state.has_workdir || path.starts_with('/')) return;
    report_.add(Rule::workdir_relative_path, place_of(instruction),
                cat("Relative workdir \"", path, "\" can have unexpected results if the base image changes"));
  }

  void check_port(const Instruction& instruction, const std::string& word) {
    ExposedPorts ports;
    try {
      ports = parse_exposed(word);
    } catch (const Error& error) {
      throw SyntaxError(instruction.at, error.what());
    }
    if (!ports.lower_case) {
      report_.add(Rule::expose_proto_casing, place_of(instruction),
                  cat("Defined protocol '", word, "' in EXPOSE instruction should be lowercase"));
    }
    if (ports.mapping) {
      report_.add(
          Rule::expose_invalid_format, place_of(instruction),
          cat("EXPOSE instruction should not define an IP address or host-port mapping, found '", word, "'"));
    }
  }

  // With a "!" in the ignore file nobody can tell: what it lets in again may lie below a directory.
  void check_sources(const Instruction& instruction, const std::vector<std::string>& sources) {
    if (input_.ignore == nullptr || input_.ignore->readmits()) return;
    for (const std::string& source : sources) {
      if (std::get<Copy>(instruction.what).add && is_remote(source)) continue;
      const std::string path = clean_path(source);
      if (!is_ignored(path)) continue;
      report_.add(Rule::copy_ignored_file, place_of(instruction),
                  cat("Attempting to ", instruction.keyword == "ADD" ? "Add" : "Copy", " file \"", path,
                      "\" that is excluded by .dockerignore"));
    }
  }

  // The context itself is left out only with all that could be in it: ".*" is about hidden files.
  bool is_ignored(const std::string& path) const {
    if (path != "." && path != "/") return input_.ignore->matches(path);
    return input_.ignore->matches("\x01 any name") && input_.ignore->matches(".\x01 any name");
  }

  const LintInput& input_;
  LintReport& report_;
  std::map<std::pair<std::size_t, std::string>, const Instruction*> last_;  // of a stage and a keyword
};

}  // namespace

void check_meaning(const Dockerfile& file, const LintInput& input, LintReport& report,
                   Diagnostics& diagnostics) {
  Linter linter(input, report);
  evaluate(file, input.world, linter, diagnostics);
}

}  // namespace husk::dockerfile
