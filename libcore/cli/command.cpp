#include "libcore/cli/command.hpp"

#include "libcore/cli/literal_word.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

namespace husk::cli {
namespace {

// "-e=A=1" is "-e A=1", as docker's users know it; CLI11 leaves the first "=" to the value.
std::string unmark_short_value(std::string value) {
  if (value.starts_with('=')) value.erase(0, 1);
  return unmark_literal(std::move(value));
}

Option* keep(std::deque<Option>& options, CLI::Option* option) {
  option->transform(option->get_snames().empty() ? unmark_literal : unmark_short_value);
  return &options.emplace_back(*option);
}

}  // namespace

Option* Option::required() {
  option_->required();
  return this;
}

Option* Option::expected(int count) {
  option_->expected(count);
  return this;
}

Option* Option::expected(int least, int most) {
  option_->expected(least, most);
  return this;
}

Option* Option::delimiter(char between) {
  option_->delimiter(between);
  return this;
}

Option* Command::add_option(const std::string& names, std::string& into, const std::string& help) {
  return keep(options_, app_->add_option(names, into, help));
}

Option* Command::add_option(const std::string& names, std::optional<std::string>& into,
                            const std::string& help) {
  return keep(options_, app_->add_option(names, into, help));
}

Option* Command::add_option(const std::string& names, std::vector<std::string>& into,
                            const std::string& help) {
  return keep(options_, app_->add_option(names, into, help));
}

Option* Command::add_option(const std::string& names, int& into, const std::string& help) {
  return keep(options_, app_->add_option(names, into, help));
}

Option* Command::add_option(const std::string& names, std::optional<int>& into, const std::string& help) {
  return keep(options_, app_->add_option(names, into, help));
}

Option* Command::add_option(const std::string& names, std::size_t& into, const std::string& help) {
  return keep(options_, app_->add_option(names, into, help));
}

Option* Command::add_flag(const std::string& names, bool& into, const std::string& help) {
  return &options_.emplace_back(*app_->add_flag(names, into, help));
}

Option* Command::add_repeated(const std::string& names, std::vector<std::string>& into,
                              const std::string& help) {
  return keep(options_, app_->add_option(names, into, help)->allow_extra_args(false)->type_size(1));
}

Command* Command::add_subcommand(const std::string& name, const std::string& help) {
  return &commands_.emplace_back(*app_->add_subcommand(name, help));
}

void Command::require_subcommand() { app_->require_subcommand(1); }

bool Command::parsed() const { return app_->parsed(); }

void Command::end_options_at_positional() {
  app_->positionals_at_end();
  app_->prefix_command();
}

}  // namespace husk::cli
