#include "libcore/dockerfile/instruction.hpp"

#include "libcore/base/ascii.hpp"
#include "libcore/base/signal_name.hpp"
#include "libcore/dockerfile/flags.hpp"
#include "libcore/dockerfile/heredoc.hpp"
#include "libcore/dockerfile/parse_copy.hpp"
#include "libcore/dockerfile/parse_health.hpp"
#include "libcore/dockerfile/ports.hpp"
#include "libcore/dockerfile/run_device.hpp"
#include "libcore/dockerfile/run_mount.hpp"
#include "libcore/dockerfile/runes.hpp"
#include "libcore/dockerfile/suggest.hpp"
#include "libcore/dockerfile/values.hpp"
#include "libcore/dockerfile/words.hpp"

#include <algorithm>

namespace husk::dockerfile {
namespace {

[[noreturn]] void fail(const Node& node, std::string_view what) {
  throw SyntaxError(node.at, cat(to_upper(node.keyword), what));
}

const Word& only_argument(const Node& node) {
  if (node.arguments.size() != 1) fail(node, " requires exactly one argument");
  return node.arguments.front();
}

void require_argument(const Node& node) {
  if (node.arguments.empty()) fail(node, " requires at least one argument");
}

bool is_stage_name(std::string_view name) {
  return !name.empty() && is_lower(name[0]) && std::all_of(name.begin(), name.end(), [](char c) {
    return is_lower(c) || is_digit(c) || c == '-' || c == '_' || c == '.';
  });
}

From parse_from(const Node& node, FlagReader& flags) {
  From from;
  from.platform = flags.take("platform");
  const auto& words = node.arguments;
  if (words.size() == 3 && to_lower(words[1].text) == "as") {
    from.as = words[1];
    from.written_name = words[2];
    from.name = to_lower(words[2].text);
    if (!is_stage_name(from.name)) {
      throw SyntaxError(words[2].at, cat("invalid name for build stage: ", in_double_quotes(words[2].text),
                                         ", name can't start with a number or contain symbols"));
    }
  } else if (words.size() != 1) {
    fail(node, " requires either one or three arguments");
  }
  from.image = words[0];
  return from;
}

std::vector<Pair> parse_pairs(const Node& node) {
  require_argument(node);
  std::vector<Pair> pairs;
  for (std::size_t i = 0; i + 2 < node.arguments.size(); i += 3) {
    if (node.arguments[i].empty()) {
      throw SyntaxError(node.arguments[i].at, cat(to_upper(node.keyword), " names can not be blank"));
    }
    pairs.push_back({node.arguments[i], node.arguments[i + 1], node.arguments[i + 2].empty()});
  }
  return pairs;
}

Arg parse_arg(const Node& node) {
  require_argument(node);
  Arg arg;
  for (const Word& word : node.arguments) {
    const auto equals = word.text.find('=');
    Arg::Item item{{word.text.substr(0, equals), word.at}};
    if (item.name.empty()) throw SyntaxError(word.at, "ARG names can not be blank");
    if (equals != std::string::npos) item.value = part_of(word, equals + 1);
    arg.items.push_back(std::move(item));
  }
  return arg;
}

Command parse_command(const Node& node) { return {node.arguments, node.json, node.heredocs}; }

void check_value(const Word& value, std::string_view what, const std::vector<std::string_view>& allowed) {
  if (value.at == Position{} || std::find(allowed.begin(), allowed.end(), value.text) != allowed.end())
    return;
  throw SyntaxError(value.at, cat("unsupported ", what, " ", in_double_quotes(value.text),
                                  suggestion(value.text, allowed)));
}

Run parse_run(const Node& node, FlagReader& flags) {
  Run run;
  run.mounts = flags.take_all("mount");
  run.network = flags.take("network");
  run.security = flags.take("security");
  run.devices = flags.take_all("device");
  Diagnostics& diagnostics = flags.diagnostics();
  for (const Word& mount : run.mounts) diagnostics.run([&] { check_run_mount(mount); });
  for (const Word& device : run.devices) diagnostics.run([&] { (void)parse_run_device(device); });
  diagnostics.run([&] { check_value(run.network, "network mode", {"default", "none", "host"}); });
  diagnostics.run([&] { check_value(run.security, "security mode", {"sandbox", "insecure"}); });
  run.command = parse_command(node);
  require_argument(node);
  return run;
}

Shell parse_shell(const Node& node) {
  if (!node.json) fail(node, " requires the arguments to be in JSON form");
  require_argument(node);
  return {node.arguments};
}

// What the configuration of the image keeps: the rest of the line, and the heredocs as they were.
OnBuild parse_onbuild(const Node& node, Diagnostics& diagnostics) {
  if (node.sub.empty()) fail(node, " requires at least one argument");
  const Node& trigger = node.sub.front();
  const std::string keyword = to_upper(trigger.keyword);
  if (keyword == "ONBUILD") {
    throw SyntaxError(trigger.at, "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed");
  }
  if (keyword == "FROM" || keyword == "MAINTAINER") {
    throw SyntaxError(trigger.at, cat(keyword, " isn't allowed as an ONBUILD trigger"));
  }
  (void)parse_instruction(trigger, diagnostics);  // wrong now rather than in the build that uses the image
  std::string text = trigger.original;
  for (const Heredoc& heredoc : node.heredocs) text += cat("\n", heredoc.content, heredoc.name);
  return {std::move(text)};
}

std::vector<Word> parse_volumes(const Node& node) {
  require_argument(node);
  std::vector<Word> paths = node.arguments;
  for (Word& path : paths) {
    path.text = trim(path.text);
    if (path.empty()) throw SyntaxError(path.at, "VOLUME specified can not be an empty string");
  }
  return paths;
}

// What holds no variable is what it will be.
bool is_constant(const Word& word) { return word.text.find_first_of("$\\`'\"") == std::string::npos; }

Expose parse_expose(const Node& node, Diagnostics& diagnostics) {
  require_argument(node);
  for (const Word& word : node.arguments) {
    try {
      if (is_constant(word)) (void)parse_exposed(word.text);
    } catch (const Error& error) {
      diagnostics.add({word.at, error.what()});
    }
  }
  return {node.arguments};
}

StopSignal parse_stop_signal(const Node& node) {
  const Word& signal = only_argument(node);
  if (is_constant(signal) && !parse_signal(signal.text)) {
    throw SyntaxError(signal.at, cat("Invalid signal: ", escape(signal.text)));
  }
  return {signal};
}

void check_known(const Node& node) {
  if (is_instruction(node.keyword)) return;
  const std::string written = node.original.substr(0, node.keyword.size());
  std::string meant = meant_instruction(node.keyword);
  if (written != node.keyword) meant = to_upper(meant);
  SyntaxError error(node.at, cat("unknown instruction: ", escape(written),
                                 meant.empty() ? "" : cat(" (did you mean ", meant, "?)")));
  if (written == "//" || written == "{") {
    error.set_hint(
        "a file for another frontend than that of Dockerfiles can't be built: none is ever fetched");
  }
  throw error;
}

AnyInstruction parse_any(const Node& node, FlagReader& flags) {
  const std::string& keyword = node.keyword;
  if (keyword == "from") return parse_from(node, flags);
  if (keyword == "env") return Env{parse_pairs(node)};
  if (keyword == "label") return Label{parse_pairs(node)};
  if (keyword == "arg") return parse_arg(node);
  if (keyword == "run") return parse_run(node, flags);
  if (keyword == "cmd") return Cmd{parse_command(node)};
  if (keyword == "entrypoint") return Entrypoint{parse_command(node)};
  if (keyword == "copy" || keyword == "add") return parse_copy(node, flags);
  if (keyword == "workdir") return Workdir{only_argument(node)};
  if (keyword == "user") return User{only_argument(node)};
  if (keyword == "volume") return Volume{parse_volumes(node)};
  if (keyword == "expose") return parse_expose(node, flags.diagnostics());
  if (keyword == "stopsignal") return parse_stop_signal(node);
  if (keyword == "shell") return parse_shell(node);
  if (keyword == "healthcheck") return parse_health(node, flags);
  if (keyword == "onbuild") return parse_onbuild(node, flags.diagnostics());
  return Maintainer{only_argument(node)};
}

}  // namespace

std::optional<Instruction> parse_instruction(const Node& node, Diagnostics& diagnostics) {
  const std::size_t before = diagnostics.errors().size();
  diagnostics.run([&] { check_known(node); });
  if (diagnostics.errors().size() != before) return std::nullopt;
  FlagReader flags(node, diagnostics);
  std::optional<AnyInstruction> what;
  diagnostics.run([&] { what = parse_any(node, flags); });
  flags.finish();
  if (diagnostics.errors().size() != before) return std::nullopt;
  return Instruction{std::move(*what), to_upper(node.keyword), node.at,      node.first_line,
                     node.last_line,   node.original,          node.comments};
}

Instruction parse_instruction(const Node& node) {
  Diagnostics diagnostics;
  std::optional<Instruction> instruction = parse_instruction(node, diagnostics);
  diagnostics.throw_first();
  return std::move(*instruction);
}

}  // namespace husk::dockerfile
