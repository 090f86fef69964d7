#include "libcore/runtime/spec_message.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/message.hpp"

#include <concepts>
#include <cstring>
#include <filesystem>
#include <type_traits>
#include <vector>

namespace husk::runtime {
namespace {

// Both directions visit the same members in the same order (visit_spec() below), so that they can't differ.
class Printer {
 public:
  void operator()(const std::string& text) { add_field(out, text); }
  void operator()(const std::filesystem::path& path) { add_field(out, path.native()); }

  template <class Plain>
  requires std::is_trivially_copyable_v<Plain>
  void operator()(const Plain& value) {
    add_field(out, {reinterpret_cast<const char*>(&value), sizeof value});
  }

  template <class Item, class Visit>
  void list(const std::vector<Item>& items, Visit visit) {
    (*this)(items.size());
    for (const Item& item : items) visit(*this, item);
  }

  template <class Visit>
  void alternative(const decltype(Mount::what)& what, Visit visit) {
    (*this)(what.index());
    std::visit([&](const auto& each) { visit(*this, each); }, what);
  }

  std::string out;
};

class Parser {
 public:
  explicit Parser(std::string_view text) : rest_(text) {}

  void operator()(std::string& text) { text = take_field(rest_); }
  void operator()(std::filesystem::path& path) { path = take_field(rest_); }

  template <class Plain>
  requires std::is_trivially_copyable_v<Plain>
  void operator()(Plain& value) {
    const std::string bytes = take_field(rest_);
    if (bytes.size() != sizeof value) throw Error("a message for the first process is damaged");
    std::memcpy(&value, bytes.data(), sizeof value);
  }

  template <class Item, class Visit>
  void list(std::vector<Item>& items, Visit visit) {
    std::size_t count = 0;
    (*this)(count);
    while (items.size() < count) visit(*this, items.emplace_back());
  }

  template <class Visit>
  void alternative(decltype(Mount::what)& what, Visit visit) {
    std::size_t index = 0;
    (*this)(index);
    switch (index) {
      case 0: what = TreeMount{}; break;
      case 1: what = MemoryMount{}; break;
      case 2: what = SecretMount{}; break;
      default: what = DeviceMount{}; break;
    }
    std::visit([&](auto& each) { visit(*this, each); }, what);
  }

 private:
  std::string_view rest_;
};

// Const or not, as the direction needs it.
template <class Type, class Wanted>
concept like = std::same_as<std::remove_const_t<Type>, Wanted>;

constexpr auto visit_plain = [](auto& io, auto& item) { io(item); };

void visit_rootfs(auto& io, like<Rootfs> auto& rootfs) {
  io.list(rootfs.lower, visit_plain);
  io(rootfs.upper);
  io(rootfs.work);
  io(rootfs.written_to);
}

void visit_kind(auto& io, like<TreeMount> auto& mount) {
  visit_rootfs(io, mount.tree);
  io(mount.path);
}
void visit_kind(auto& io, like<MemoryMount> auto& mount) { io(mount); }
void visit_kind(auto& io, like<SecretMount> auto& mount) { io(mount); }
void visit_kind(auto& io, like<DeviceMount> auto& mount) { io(mount.source); }

void visit_mounts(auto& io, like<Spec> auto& spec) {
  io.list(spec.volumes, [](auto& each, auto& volume) {
    each(volume.source);
    each(volume.target);
    each(volume.read_only);
    each(volume.propagation);
    each(volume.with_mounts_below);
    each(volume.expected);
  });
  io.list(spec.mounts, [](auto& each, auto& mount) {
    each(mount.target);
    each(mount.read_only);
    each.alternative(mount.what, [](auto& to, auto& kind) { visit_kind(to, kind); });
  });
}

void visit_profile(auto& io, like<Profile> auto& profile) {
  io(profile.capabilities);
  io(profile.filters_calls);
  io(profile.filter);
  io(profile.no_new_privileges);
  io.list(profile.groups, visit_plain);
  io(profile.keeps_groups);
  io(profile.oom_score_adjustment);
  io(profile.has_init);
}

void visit_paths(auto& io, like<SystemPaths> auto& paths) {
  io(paths.all_visible);
  io.list(paths.visible, visit_plain);
  io.list(paths.hidden, visit_plain);
  io.list(paths.settings, [](auto& each, auto& setting) {
    each(setting.first);
    each(setting.second);
  });
}

void visit_spec(auto& io, like<Spec> auto& spec) {
  io(spec.map.kind);
  io.list(spec.map.uids, visit_plain);
  io.list(spec.map.gids, visit_plain);
  visit_rootfs(io, spec.rootfs);
  io(spec.read_only);
  io.list(spec.arguments, visit_plain);
  io.list(spec.environment, visit_plain);
  io(spec.working_directory);
  io(spec.user);
  io(spec.host_name);
  io(spec.network);
  io.list(spec.extra_hosts, [](auto& each, auto& entry) {
    each(entry.name);
    each(entry.address);
  });
  visit_mounts(io, spec);
  io(spec.shm_size);
  io.list(spec.limits, visit_plain);
  visit_profile(io, spec.profile);
  visit_paths(io, spec.system_paths);
  io.list(spec.names.servers, visit_plain);
  io.list(spec.names.search, visit_plain);
  io.list(spec.names.options, visit_plain);
  io(spec.terminal);
  io(spec.standard_input);
}

void visit_facts(auto& io, like<HostFacts> auto& facts) {
  io(facts.resolv_conf);
  io(facts.hosts);
  io(facts.most_core);
}

}  // namespace

// The ports are for the parent alone.
std::string print_spec(const Spec& spec, const HostFacts& facts) {
  Printer printer;
  visit_spec(printer, spec);
  visit_facts(printer, facts);
  return std::move(printer.out);
}

SpecMessage parse_spec(std::string_view text) {
  SpecMessage message;
  Parser parser(text);
  visit_spec(parser, message.spec);
  visit_facts(parser, message.facts);
  return message;
}

}  // namespace husk::runtime
