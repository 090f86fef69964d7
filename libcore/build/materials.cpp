#include "libcore/build/materials.hpp"

#include "libcore/base/message.hpp"

namespace husk::build {
namespace {

constexpr std::string_view yes = "1";

void add_uses(std::map<std::string, bool>& all, const std::map<std::string, bool>& more) {
  for (const auto& [id, required] : more) all[id] = all[id] || required;
}

// A count, and then as many names, or names and values.
void print(std::string& out, const std::set<std::string>& names) {
  add_field(out, cat(names.size()));
  for (const std::string& name : names) add_field(out, name);
}
void print(std::string& out, const std::map<std::string, bool>& uses) {
  add_field(out, cat(uses.size()));
  for (const auto& [id, required] : uses) {
    add_field(out, id);
    add_field(out, required ? yes : "");
  }
}

std::size_t take_count(std::string_view& text) { return std::stoul(take_field(text)); }

std::set<std::string> take_names(std::string_view& text) {
  std::set<std::string> names;
  for (std::size_t count = take_count(text); count != 0; --count) names.insert(take_field(text));
  return names;
}
std::map<std::string, bool> take_uses(std::string_view& text) {
  std::map<std::string, bool> uses;
  for (std::size_t count = take_count(text); count != 0; --count) {
    const std::string id = take_field(text);
    uses[id] = take_field(text) == yes;
  }
  return uses;
}

}  // namespace

void Materials::add(const Materials& other) {
  images.insert(other.images.begin(), other.images.end());
  remote.insert(other.remote.begin(), other.remote.end());
  locals.insert(other.locals.begin(), other.locals.end());
  add_uses(secrets, other.secrets);
  add_uses(agents, other.agents);
  network = network || other.network;
}

std::string commit_digest(std::string_view commit) {
  constexpr std::size_t sha256_length = 64;
  return cat(commit.size() == sha256_length ? "sha256:" : "sha1:", commit);
}

std::string print_materials(const Materials& materials) {
  std::string out;
  print(out, materials.images);
  add_field(out, cat(materials.remote.size()));
  for (const auto& [url, digest] : materials.remote) {
    add_field(out, url);
    add_field(out, digest);
  }
  print(out, materials.locals);
  print(out, materials.secrets);
  print(out, materials.agents);
  add_field(out, materials.network ? yes : "");
  return out;
}

Materials parse_materials(std::string_view text) {
  Materials materials;
  materials.images = take_names(text);
  for (std::size_t count = take_count(text); count != 0; --count) {
    const std::string url = take_field(text);
    materials.remote[url] = take_field(text);
  }
  materials.locals = take_names(text);
  materials.secrets = take_uses(text);
  materials.agents = take_uses(text);
  materials.network = take_field(text) == yes;
  return materials;
}

}  // namespace husk::build
