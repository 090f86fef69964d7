#include "libcore/build/run_mounts.hpp"

#include "libcore/dockerfile/ignore_file.hpp"

#include <array>
#include <charconv>

namespace husk::build {
namespace {

using dockerfile::RunMount;
using Type = RunMount::Type;

void put(std::string& text, std::string_view name, const std::optional<std::uint32_t>& value, int base) {
  std::array<char, 16> digits;
  if (!value) return;
  const char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), *value, base).ptr;
  text += cat(" ", name, "=", std::string_view(digits.data(), static_cast<std::size_t>(end - digits.data())));
}

std::string print_owner(const RunMount& mount) {
  std::string text;
  put(text, "mode", mount.mode, 8);
  put(text, "uid", mount.uid, 10);
  put(text, "gid", mount.gid, 10);
  return text;
}

std::string escape_wildcards(std::string_view path) {
  std::string out;
  for (const char c : path) {
    if (c == '*' || c == '?' || c == '[' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

// BuildKit's place for the socket of an agent that names none.
std::string agent_target(std::size_t number) { return cat("/run/buildkit/ssh_agent.", number); }

}  // namespace

std::vector<MountOrder> plan_run_mounts(const dockerfile::Run& run, const Scope& scope,
                                        const ImageState& state, const Variables& build_arguments) {
  const auto name_space = build_arguments.find("BUILDKIT_CACHE_MOUNT_NS");
  std::vector<MountOrder> orders;
  std::size_t agents = 0;
  for (const dockerfile::Word& text : run.mounts) {
    RunMount mount =
        dockerfile::parse_run_mount(text, [&](const dockerfile::Word& word) { return scope.expand(word); });
    if (mount.type == Type::ssh) {
      if (mount.target.empty()) mount.target = agent_target(agents);
      ++agents;
    }
    if (!mount.target.empty() || mount.type != Type::secret) {
      mount.target = resolve_in_image(state.config, mount.target);
      while (mount.target.size() > 1 && mount.target.ends_with('/')) mount.target.pop_back();
      if (mount.target == "/") throw dockerfile::SyntaxError(mount.at, "invalid mount target \"/\"");
    }
    mount.source = dockerfile::clean_path("/" + mount.source);
    if (mount.type == Type::cache && name_space != build_arguments.end())
      mount.id = cat(name_space->second, "/", mount.id);
    orders.push_back({.mount = std::move(mount)});
  }
  return orders;
}

CopyStep as_copy(const MountOrder& order) {
  CopyStep step;
  step.keyword = "RUN --mount";
  step.at = order.mount.at;
  step.patterns = {{escape_wildcards(order.mount.source), order.mount.at}};
  return step;
}

void add_to_key(StepKey& key, const MountOrder& order) {
  const RunMount& mount = order.mount;
  std::string text = mount.read_only ? "ro" : "rw";
  switch (mount.type) {
    case Type::bind: text = cat("bind ", text, " ", order.content); break;
    case Type::cache: text = cat("cache ", text, cache_variant(order)); break;
    case Type::tmpfs: text = cat("tmpfs ", mount.size.value_or(0)); break;
    case Type::secret:
      text = cat("secret ", mount.id, print_owner(mount), mount.required ? " required" : "",
                 mount.env ? cat(" env ", *mount.env) : "");
      break;
    case Type::ssh:
      text = cat("ssh ", mount.id, print_owner(mount), mount.required ? " required" : "");
      break;
  }
  key.add(cat("mount ", mount.target), text);
}

std::string cache_variant(const MountOrder& order) {
  std::string text = print_owner(order.mount);
  if (order.source) text += cat(" from=", order.mount.from, " ", order.content);
  return text;
}

}  // namespace husk::build
