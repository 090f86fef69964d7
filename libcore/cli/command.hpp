#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

// What the programs need of CLI11, whose headers are dear to compile: only command.cpp and tool.cpp read
// them.
namespace husk::cli {

/// One option, flag or positional argument; see CLI::Option. It lives as long as its Command.
class Option {
 public:
  explicit Option(CLI::Option& option) : option_(&option) {}

  Option* required();
  /// So many values at a time.
  Option* expected(int count);
  Option* expected(int least, int most);
  /// Values are separated by BETWEEN, too.
  Option* delimiter(char between);

  [[nodiscard]] const CLI::Option* get() const noexcept { return option_; }

 private:
  CLI::Option* option_;
};

/// A program's command line, or that of one of its subcommands; see CLI::App. NAMES are as CLI11 reads them:
/// "-f,--file", and "FILE" for what has no option before it. The value ends up in INTO, which must live until
/// the program ends.
class Command {
 public:
  explicit Command(CLI::App& app) : app_(&app) {}

  Option* add_option(const std::string& names, std::string& into, const std::string& help);
  Option* add_option(const std::string& names, std::optional<std::string>& into, const std::string& help);
  Option* add_option(const std::string& names, std::vector<std::string>& into, const std::string& help);
  Option* add_option(const std::string& names, int& into, const std::string& help);
  Option* add_option(const std::string& names, std::optional<int>& into, const std::string& help);
  Option* add_option(const std::string& names, std::size_t& into, const std::string& help);
  Option* add_flag(const std::string& names, bool& into, const std::string& help);

  /// Takes one value, and may be given again: the next word is not its own.
  Option* add_repeated(const std::string& names, std::vector<std::string>& into, const std::string& help);

  Command* add_subcommand(const std::string& name, const std::string& help);
  /// One of the subcommands has to be given.
  void require_subcommand();
  /// Whether this subcommand was.
  [[nodiscard]] bool parsed() const;

  /// The first positional argument ends the options, and all that follows it is one, too.
  void end_options_at_positional();

 private:
  CLI::App* app_;
  std::deque<Option> options_;
  std::deque<Command> commands_;
};

}  // namespace husk::cli
