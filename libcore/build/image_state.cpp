#include "libcore/build/image_state.hpp"

#include "libcore/base/signal_name.hpp"
#include "libcore/dockerfile/ignore_file.hpp"
#include "libcore/dockerfile/ports.hpp"
#include "libcore/dockerfile/runes.hpp"
#include "libcore/dockerfile/values.hpp"

#include <algorithm>

namespace husk::build {
namespace {

using namespace dockerfile;

// ["node" "server.js"], as Go prints a list with %q.
std::string print_list(const std::vector<std::string>& words) {
  std::string out = "[";
  for (const std::string& word : words) {
    if (out.size() > 1) out += ' ';
    out += '"';
    for (const char c : word) {
      if (c == '"' || c == '\\') out += '\\';
      if (c == '\n') {
        out += "\\n";
      } else if (c == '\t') {
        out += "\\t";
      } else {
        out += c;
      }
    }
    out += '"';
  }
  return out + "]";
}

std::vector<std::string> texts_of(const std::vector<Word>& words) {
  std::vector<std::string> out;
  out.reserve(words.size());
  for (const Word& word : words) out.push_back(word.text);
  return out;
}

// The shell form is the shell's business: no variables are replaced.
std::vector<std::string> command_line(const Command& command, const oci::ImageConfig& config) {
  if (command.exec_form || command.words.empty()) return texts_of(command.words);
  std::vector<std::string> line = shell_of(config);
  line.push_back(command.words.front().text);
  return line;
}

// One visitor a kind of instruction; all see the scope as it was before the instruction.
class Applier {
 public:
  Applier(const Instruction& instruction, Scope& scope, ImageState& state)
      : instruction_(instruction), scope_(scope), state_(state), config_(state.config) {}

  std::string operator()(const Env& env) {
    std::string history = "ENV";
    std::vector<std::string> environment = config_.env;
    for (const Pair& pair : env.pairs) {
      const std::string name = scope_.expand(pair.name), value = scope_.expand(pair.value);
      if (name.empty()) throw SyntaxError(pair.name.at, "ENV names can not be blank");
      set_variable(environment, name, value);
      history += cat(" ", name, "=", value);
    }
    config_.env = std::move(environment);
    scope_.set_environment(config_.env);
    return history;
  }
  std::string operator()(const Label& label) {
    std::string history = "LABEL";
    for (const Pair& pair : label.pairs) {
      const std::string name = scope_.expand(pair.name), value = scope_.expand(pair.value);
      config_.labels[name] = value;
      history += cat(" ", name, "=", value);
    }
    return history;
  }
  std::string operator()(const Arg& arg) {
    scope_.declare(arg);
    std::string history = "ARG";
    const auto values = scope_.arguments();
    for (const Arg::Item& item : arg.items) {
      const std::string name = scope_.expand(item.name);
      const auto found =
          std::find_if(values.begin(), values.end(), [&](const auto& each) { return each.first == name; });
      history += found == values.end() || is_proxy_argument(name) ? cat(" ", name)
                                                                  : cat(" ", name, "=", found->second);
    }
    return history;
  }
  std::string operator()(const Cmd& cmd) {
    config_.cmd = command_line(cmd.command, config_);
    config_.args_escaped = false;
    state_.cmd_is_own = true;
    return cat("CMD ", print_list(*config_.cmd));
  }
  std::string operator()(const Entrypoint& entrypoint) {
    config_.entrypoint = command_line(entrypoint.command, config_);
    if (!state_.cmd_is_own) config_.cmd.reset();
    return cat("ENTRYPOINT ", print_list(*config_.entrypoint));
  }
  std::string operator()(const User& user) {
    config_.user = scope_.expand(user.user);
    return cat("USER ", config_.user);
  }
  std::string operator()(const Volume& volume) {
    std::vector<std::string> paths;
    for (const Word& word : volume.paths) {
      paths.push_back(scope_.expand(word));
      if (paths.back().empty()) throw SyntaxError(word.at, "VOLUME specified can not be an empty string");
      config_.volumes.insert(paths.back());
    }
    std::string text = "[";
    for (const std::string& path : paths) text += (text.size() > 1 ? " " : "") + path;
    return cat("VOLUME ", text, "]");
  }
  std::string operator()(const Expose& expose) {
    std::set<std::string> ports;
    for (const Word& word : expose.ports) {
      for (const std::string& text : scope_.expand_words(word)) {
        try {
          ports.merge(parse_exposed(text).ports);
        } catch (const Error& error) {
          throw SyntaxError(word.at, error.what());
        }
      }
    }
    std::string text;
    for (const std::string& port : ports) text += (text.empty() ? "" : " ") + port;
    config_.exposed_ports.merge(ports);
    return cat("EXPOSE [", text, "]");
  }
  std::string operator()(const StopSignal& stop) {
    config_.stop_signal = scope_.expand(stop.signal);
    if (!parse_signal(config_.stop_signal)) {
      throw SyntaxError(stop.signal.at, cat("Invalid signal: ", escape(config_.stop_signal)));
    }
    return cat("STOPSIGNAL ", config_.stop_signal);
  }
  std::string operator()(const Shell& shell) {
    config_.shell = texts_of(shell.words);
    std::string text;
    for (const std::string& word : *config_.shell) text += (text.empty() ? "" : " ") + word;
    return cat("SHELL [", text, "]");
  }
  std::string operator()(const Health& health) {
    config_.healthcheck = oci::Healthcheck{.test = health.test,
                                           .interval = health.interval,
                                           .timeout = health.timeout,
                                           .start_period = health.start_period,
                                           .start_interval = health.start_interval,
                                           .retries = health.retries};
    return trimmed_original();
  }
  std::string operator()(const OnBuild& on_build) {
    config_.on_build.push_back(on_build.trigger);
    return cat("ONBUILD ", on_build.trigger);
  }
  std::string operator()(const Maintainer& maintainer) {
    config_.author = maintainer.name.text;
    return cat("MAINTAINER ", config_.author);
  }
  template <class Other>
  std::optional<std::string> operator()(const Other&) {
    return std::nullopt;
  }

 private:
  std::string trimmed_original() const { return std::string(trim(instruction_.original)); }

  const Instruction& instruction_;
  Scope& scope_;
  ImageState& state_;
  oci::ImageConfig& config_;
};

}  // namespace

std::vector<std::string> shell_of(const oci::ImageConfig& config) {
  if (config.shell && !config.shell->empty()) return *config.shell;
  return {"/bin/sh", "-c"};
}

oci::ImageConfig scratch_config(const oci::Platform& platform) {
  oci::ImageConfig config;
  config.platform = platform;
  config.env = {cat("PATH=", default_path)};
  config.working_dir = "/";
  return config;
}

void set_variable(std::vector<std::string>& environment, const std::string& name, const std::string& value) {
  const std::string prefix = name + "=";
  for (std::string& variable : environment) {
    if (!variable.starts_with(prefix)) continue;
    variable = prefix + value;
    return;
  }
  environment.push_back(prefix + value);
}

std::string resolve_in_image(const oci::ImageConfig& config, const std::string& path) {
  const std::string joined = path.starts_with('/') ? path : cat("/", config.working_dir, "/", path);
  std::string clean = clean_path(joined);
  if ((path.ends_with('/') || path == "." || path.ends_with("/.")) && clean != "/") clean += '/';
  return clean;
}

std::optional<std::string> apply_to_config(const Instruction& instruction, Scope& scope, ImageState& state) {
  Applier applier(instruction, scope, state);
  return std::visit([&](const auto& what) -> std::optional<std::string> { return applier(what); },
                    instruction.what);
}

}  // namespace husk::build
