#include "libcore/base/error.hpp"
#include "libcore/dockerfile/expand.hpp"
#include "libcore/dockerfile/syntax.hpp"
#include "libcore/transfer/import.hpp"

#include <algorithm>
#include <filesystem>

namespace husk::transfer {
namespace {

using dockerfile::Node;

std::string plain(const dockerfile::Word& word) { return dockerfile::expand(word.text, {}).text; }

std::vector<std::string> words(const Node& node) {
  std::vector<std::string> all;
  for (const auto& word : node.arguments) all.push_back(node.json ? word.text : plain(word));
  return all;
}

// CMD and ENTRYPOINT: the JSON form as it is, else for the shell.
std::vector<std::string> command(const Node& node) {
  if (node.json) return words(node);
  return {"/bin/sh", "-c", node.arguments.empty() ? "" : node.arguments.front().text};
}

std::string only_word(const Node& node) {
  if (node.arguments.size() != 1 || node.arguments.front().empty()) throw Error("it takes one word");
  return plain(node.arguments.front());
}

void set_variable(std::vector<std::string>& env, const std::string& name, const std::string& value) {
  std::erase_if(env, [&](const std::string& each) { return each.starts_with(name + "="); });
  env.push_back(cat(name, "=", value));
}

// ENV and LABEL: three words for each pair, the last one "=" or nothing.
template <class Set>
void for_each_pair(const Node& node, const Set& set) {
  if (node.arguments.empty() || node.arguments.size() % 3 != 0) throw Error("it takes NAME=VALUE");
  for (std::size_t i = 0; i < node.arguments.size(); i += 3) {
    const std::string name = plain(node.arguments[i]);
    if (name.empty()) throw Error("a name is empty");
    set(name, plain(node.arguments[i + 1]));
  }
}

void expose(oci::ImageConfig& config, const Node& node) {
  for (const std::string& port : words(node)) {
    config.exposed_ports.insert(port.find('/') == std::string::npos ? port + "/tcp" : port);
  }
}

void apply(oci::ImageConfig& config, const Node& node) {
  const std::string& keyword = node.keyword;
  if (keyword == "cmd") {
    config.cmd = command(node);
  } else if (keyword == "entrypoint") {
    config.entrypoint = command(node);
  } else if (keyword == "env") {
    for_each_pair(node, [&](const auto& name, const auto& value) { set_variable(config.env, name, value); });
  } else if (keyword == "label") {
    for_each_pair(node, [&](const auto& name, const auto& value) { config.labels[name] = value; });
  } else if (keyword == "expose") {
    expose(config, node);
  } else if (keyword == "user") {
    config.user = only_word(node);
  } else if (keyword == "stopsignal") {
    config.stop_signal = only_word(node);
  } else if (keyword == "workdir") {
    const std::filesystem::path base = config.working_dir.empty() ? "/" : config.working_dir;
    config.working_dir = (base / only_word(node)).lexically_normal();
  } else if (keyword == "volume") {
    for (const std::string& volume : words(node)) config.volumes.insert(volume);
  } else {
    Error error(cat(quote(keyword), " can't be used here"), Exit::usage);
    error.set_hint("a change is CMD, ENTRYPOINT, ENV, EXPOSE, LABEL, STOPSIGNAL, USER, VOLUME or WORKDIR");
    throw error;
  }
}

}  // namespace

void apply_change(oci::ImageConfig& config, const std::string& instruction) {
  try {
    apply(config, dockerfile::parse_one(instruction, '\\'));
  } catch (Error& error) {
    error.add_context(cat("change ", quote(instruction)));
    error.set_exit(Exit::usage);
    throw;
  }
}

}  // namespace husk::transfer
