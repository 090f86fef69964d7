#include "libcore/build/scope.hpp"

#include "libcore/dockerfile/globals.hpp"

#include <algorithm>
#include <array>

namespace husk::build {

using dockerfile::expand_word;
using dockerfile::Word;
bool is_proxy_argument(std::string_view name) {
  constexpr std::array<std::string_view, 10> names = {
      "HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "FTP_PROXY",
      "ftp_proxy",  "NO_PROXY",   "no_proxy",    "ALL_PROXY",   "all_proxy"};
  return std::find(names.begin(), names.end(), name) != names.end();
}

Variables predefined_arguments(const dockerfile::Dockerfile& file, const std::string& target,
                               const Platforms& platforms) {
  Variables out;
  const auto add = [&](const std::string& prefix, const oci::Platform& platform) {
    out[prefix + "PLATFORM"] = platform.str();
    out[prefix + "OS"] = platform.os;
    out[prefix + "ARCH"] = platform.architecture;
    out[prefix + "VARIANT"] = platform.variant;
  };
  add("TARGET", platforms.target);
  add("BUILD", platforms.build);
  std::string& stage = out["TARGETSTAGE"];
  stage = target.empty() && !file.stages.empty() ? file.stages.back().from.name : target;
  if (stage.empty()) stage = "default";
  return out;
}

Variables global_scope(const dockerfile::Dockerfile& file, const Variables& build_arguments,
                       const Platforms& platforms, const std::string& target) {
  try {
    const Variables predefined = predefined_arguments(file, target, platforms);
    return dockerfile::evaluate_globals(file, build_arguments, predefined).values;
  } catch (const dockerfile::SyntaxError& error) {
    file.source.fail(error.at(), error.what());
  }
}

Scope::Scope(const Variables& global, const Variables& build_arguments, char escape)
    : global_(&global), build_arguments_(&build_arguments), escape_(escape) {}

void Scope::set_environment(const std::vector<std::string>& environment) {
  environment_.clear();
  for (const std::string& variable : environment) {
    const auto equals = variable.find('=');
    environment_[variable.substr(0, equals)] = equals == std::string::npos ? "" : variable.substr(equals + 1);
  }
}

void Scope::declare(const dockerfile::Arg& arg) {
  for (const auto& item : arg.items) {
    const std::string name = expand(item.name);
    std::optional<std::string> value;
    if (const auto given = build_arguments_->find(name); given != build_arguments_->end()) {
      value = given->second;
    } else if (item.value) {
      value = expand(*item.value);
    } else if (const auto global = global_->find(name); global != global_->end()) {
      value = global->second;
    }
    std::erase_if(arguments_, [&](const auto& each) { return each.first == name; });
    if (value) arguments_.emplace_back(name, *value);
  }
}

std::vector<std::pair<std::string, std::string>> Scope::arguments() const {
  std::vector<std::pair<std::string, std::string>> out;
  std::copy_if(arguments_.begin(), arguments_.end(), std::back_inserter(out),
               [&](const auto& each) { return !environment_.contains(each.first); });
  return out;
}

std::vector<std::pair<std::string, std::string>> Scope::proxies() const {
  std::vector<std::pair<std::string, std::string>> out;
  for (const auto& [name, value] : *build_arguments_) {
    const bool declared = std::any_of(arguments_.begin(), arguments_.end(),
                                      [&, &key = name](const auto& each) { return each.first == key; });
    if (is_proxy_argument(name) && !declared && !environment_.contains(name)) out.emplace_back(name, value);
  }
  return out;
}

Variables Scope::visible() const {
  Variables all = environment_;
  for (const auto& [name, value] : arguments_) all.emplace(name, value);
  return all;
}

std::string Scope::expand(const Word& word) const {
  return expand_word(word, visible(), {.escape = escape_}).text;
}

std::vector<std::string> Scope::expand_words(const Word& word) const {
  return expand_word(word, visible(), {.escape = escape_}).words;
}

std::string Scope::expand_text(const Word& word) const {
  return expand_word(word, visible(), {.escape = escape_, .ignore_quotes = true}).text;
}

}  // namespace husk::build
