#include "libcore/container/mount_option.hpp"

#include "libcore/base/ascii.hpp"
#include "libcore/base/error.hpp"
#include "libcore/base/quantity.hpp"
#include "libcore/dockerfile/csv.hpp"
#include "libcore/dockerfile/runes.hpp"
#include "libcore/dockerfile/values.hpp"

#include <unistd.h>
#include <algorithm>
#include <array>
#include <set>

namespace husk::container {
namespace {

using dockerfile::trim;
using Kind = store::MountConfig::Kind;

bool is_path(std::string_view source) {
  return source.find('/') != std::string_view::npos || source == "." || source == "..";
}

// One "key=value", or a key alone.
struct Field {
  std::string_view whole;
  std::string key;
  std::string_view value;
  bool has_value = false;
};

// The messages are docker's: opts/mount.go of its command line.
Field split_field(std::string_view whole) {
  const auto equals = whole.find('=');
  const std::string_view key = whole.substr(0, equals);
  if (const auto trimmed = trim(key); trimmed != key) {
    throw Error(
        cat("invalid option ", quote(trimmed), " in ", quote(whole), ": option should not have whitespace"));
  }
  Field field{whole, to_lower(key), {}, equals != std::string_view::npos};
  if (field.has_value) {
    field.value = whole.substr(equals + 1);
    const std::string_view trimmed = trim(field.value);
    if (trimmed.empty()) throw Error(cat("invalid value for ", quote(key), ": value is empty"));
    if (trimmed != field.value) {
      throw Error(
          cat("invalid value for ", quote(key), " in ", quote(whole), ": value should not have whitespace"));
    }
    return field;
  }
  for (const std::string_view flag :
       {"readonly", "ro", "volume-nocopy", "bind-nonrecursive", "bind-create-src"}) {
    if (field.key == flag) return field;
  }
  throw Error(cat("invalid field ", quote(whole), " must be a key=value pair"));
}

bool flag_of(const Field& field) {
  if (!field.has_value || field.value == "true" || field.value == "1") return true;
  if (field.value == "false" || field.value == "0") return false;
  throw Error(cat("invalid value for ", quote(field.key), ": invalid boolean value (\"", escape(field.value),
                  R"("): must be one of "true", "1", "false", or "0" (default "true"))"));
}

[[noreturn]] void throw_invalid(const Field& field, std::string_view known = {}) {
  throw Error(cat("invalid value for ", field.key, ": ", escape(field.value), known));
}

// "NAME=VALUE" into a map; without a name it is nothing.
void add_to(std::map<std::string, std::string>& map, std::string_view text) {
  const auto equals = text.find('=');
  if (equals == 0) return;
  map[std::string(text.substr(0, equals))] = equals == std::string_view::npos ? "" : text.substr(equals + 1);
}

void check_propagation(std::string_view word) {
  for (const std::string_view known : {"private", "rprivate", "slave", "rslave"}) {
    if (word == known) return;
  }
  if (word == "shared" || word == "rshared") {
    Error error(cat("propagation ", word, ": what is mounted in a container can't reach the host"));
    error.set_hint("with rslave what the host mounts later is in the container");
    throw error;
  }
  throw Error(cat("invalid propagation mode: ", escape(word)));
}

// "." goes, for messages; what ".." leads to is up to the links on the way.
std::string absolute(std::string_view text) {
  const std::filesystem::path path = std::filesystem::absolute(text);
  const bool climbs = std::ranges::find(path, std::filesystem::path("..")) != path.end();
  return climbs ? path.string() : path.lexically_normal().string();
}

constexpr std::array<std::string_view, 4> kind_names = {"bind", "volume", "tmpfs", "image"};

std::string_view name_of(Kind kind) { return kind_names.at(static_cast<std::size_t>(kind)); }

void set_kind(store::MountConfig& mount, std::string_view value) {
  const auto* const found = std::ranges::find(kind_names, to_lower(value));
  if (found == kind_names.end())
    throw Error(cat("mount type ", quote(value), " is none of bind, volume, tmpfs and image"));
  mount.kind = static_cast<Kind>(found - kind_names.begin());
}

// All below: false if the option is none of these.
bool apply_common(MountOption& option, const Field& field) {
  store::MountConfig& mount = option.mount;
  const std::string& key = field.key;
  if (key == "type") {
    set_kind(mount, field.value);
  } else if (key == "source" || key == "src") {
    mount.source = field.value.starts_with('.') ? absolute(field.value) : std::string(field.value);
  } else if (key == "target" || key == "dst" || key == "destination") {
    mount.target = field.value;
  } else if (key == "readonly" || key == "ro") {
    mount.read_only = flag_of(field);
  } else if (key == "consistency") {
    // Of docker on macOS. There is one file system here, which is consistent, whatever is asked for.
    for (const std::string_view known : {"consistent", "cached", "delegated", "default"}) {
      if (to_lower(field.value) == known) return true;
    }
    throw_invalid(field);
  } else {
    return false;
  }
  return true;
}

bool apply_bind(MountOption& option, const Field& field) {
  store::MountConfig& mount = option.mount;
  if (field.key == "bind-propagation") {
    mount.propagation = to_lower(field.value);
  } else if (field.key == "bind-nonrecursive") {
    throw Error("bind-nonrecursive is deprecated, use bind-recursive=disabled instead");
  } else if (field.key == "bind-recursive") {
    mount.recursive = field.value;
    constexpr std::array<std::string_view, 4> known = {"enabled", "disabled", "writable", "readonly"};
    if (std::ranges::find(known, field.value) == known.end())
      throw_invalid(field, R"( (must be "enabled", "disabled", "writable", or "readonly"))");
  } else if (field.key == "bind-create-src") {
    mount.make_source = flag_of(field);
  } else {
    return false;
  }
  return true;
}

bool apply_volume(MountOption& option, const Field& field) {
  if (field.key == "volume-subpath")
    option.mount.subpath = field.value;
  else if (field.key == "volume-nocopy")
    option.no_copy = flag_of(field);
  else if (field.key == "volume-label")
    add_to(option.labels, field.value);
  else if (field.key == "volume-driver")
    option.driver = field.value;
  else if (field.key == "volume-opt")
    add_to(option.driver_options, field.value);
  else
    return false;
  return true;
}

bool apply_memory(MountOption& option, const Field& field) {
  if (field.key == "tmpfs-size") {
    const auto size = parse_size(field.value);
    if (!size) throw_invalid(field);
    option.mount.size = *size;
  } else if (field.key == "tmpfs-mode") {
    const auto mode = dockerfile::parse_number(field.value, 8);
    if (!mode) throw_invalid(field);
    option.mount.mode = *mode & 07777;
  } else {
    return false;
  }
  return true;
}

bool apply_image(MountOption& option, const Field& field) {
  if (field.key != "image-subpath") return false;
  option.mount.subpath = field.value;
  return true;
}

// Of which kinds the options are that were given.
using Kinds = std::set<Kind>;

void apply(MountOption& option, Kinds& kinds, const Field& field) {
  if (apply_common(option, field)) return;
  struct OfKind {
    Kind kind;
    bool (*apply)(MountOption&, const Field&);
  };
  for (const OfKind& each : {OfKind{Kind::bind, apply_bind}, OfKind{Kind::volume, apply_volume},
                             OfKind{Kind::memory, apply_memory}, OfKind{Kind::image, apply_image}}) {
    if (!each.apply(option, field)) continue;
    kinds.insert(each.kind);
    return;
  }
  throw Error(cat("unknown option ", quote(field.key), " in ", quote(field.whole)));
}

void check_target(std::string_view target) {
  if (!target.starts_with('/'))
    throw Error(cat("the path in the container ", quote(target), " is not absolute"));
}

void check(const MountOption& option, const Kinds& kinds) {
  const store::MountConfig& mount = option.mount;
  for (const Kind kind : kinds) {
    if (kind == mount.kind) continue;
    throw Error(
        cat("cannot mix '", name_of(kind), "-*' options with mount type '", name_of(mount.kind), "'"));
  }
  if (!mount.propagation.empty()) check_propagation(mount.propagation);
  for (const std::string_view word : {"writable", "readonly"}) {
    if (mount.recursive == word && !mount.read_only) {
      throw Error(
          cat("option 'bind-recursive=", word, "' requires 'readonly' to be specified in conjunction"));
    }
  }
  if (mount.target.empty()) throw Error("the target is missing");
  check_target(mount.target);
  if (mount.source.empty() && (mount.kind == Kind::bind || mount.kind == Kind::image))
    throw Error("the source is missing");
  if (!mount.source.empty() && mount.kind == Kind::memory) throw Error("a tmpfs has no source");
  if (mount.kind == Kind::bind && !mount.source.starts_with('/')) {
    Error error(cat("the source ", quote(mount.source), " is no absolute path"));
    error.set_hint(cat("for a directory of that name: source=./", escape(mount.source)));
    throw error;
  }
}

// What an Error of the parts is without: the option as it was typed.
template <class Body>
MountOption in_option(std::string_view name, std::string_view text, Body&& body) {
  try {
    return body();
  } catch (Error& error) {
    error.add_context(cat(name, " ", quote(text)));
    error.set_exit(Exit::engine);
    throw;
  }
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

void apply_volume_word(MountOption& option, std::string_view word) {
  store::MountConfig& mount = option.mount;
  const bool is_bind = mount.kind == Kind::bind;
  if (word == "ro" || word == "rw") {
    mount.read_only = word == "ro";
  } else if (word == "nocopy" && !is_bind) {
    option.no_copy = true;
  } else if (word == "z" || word == "Z") {
    // Files get a label that containers may use. Without SELinux there is none to set.
    std::error_code failure;
    if (std::filesystem::exists("/sys/fs/selinux/enforce", failure))
      throw Error(cat("option ", word, ": files are not labelled for SELinux"));
  } else if (word == "consistent" || word == "cached" || word == "delegated") {
    // As --mount consistency.
  } else if (is_bind) {
    check_propagation(word);
    mount.propagation = word;
  } else {
    throw Error(cat("a volume has no option ", quote(word)));
  }
}

std::uint64_t parse_memory_size(std::string_view text) {
  if (text.ends_with('%')) {
    const auto percent = dockerfile::parse_number(text.substr(0, text.size() - 1), 10);
    const long pages = ::sysconf(_SC_PHYS_PAGES), page = ::sysconf(_SC_PAGESIZE);
    if (!percent || *percent == 0 || *percent > 100) throw Error(cat("invalid size ", quote(text)));
    return static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(page) / 100 * *percent;
  }
  const auto size = parse_size(text);
  if (!size) throw Error(cat("invalid size ", quote(text)));
  return *size;
}

// tmpfs(5) and the words of mount(8) that docker has for it.
void apply_memory_word(store::MountConfig& mount, std::string_view word) {
  const auto equals = word.find('=');
  const std::string_view key = word.substr(0, equals);
  const std::string_view value =
      equals == std::string_view::npos ? std::string_view{} : word.substr(equals + 1);
  const auto number = [&](int base) {
    const auto parsed = dockerfile::parse_number(value, base);
    if (!parsed) throw Error(cat("invalid ", key, " ", quote(value)));
    return *parsed;
  };
  if (key == "size")
    mount.size = parse_memory_size(value);
  else if (key == "nr_inodes")
    mount.inodes = number(10);
  else if (key == "mode")
    mount.mode = number(8) & 07777;
  else if (key == "uid")
    mount.uid = number(10);
  else if (key == "gid")
    mount.gid = number(10);
  else if (word == "ro" || word == "rw")
    mount.read_only = word == "ro";
  else if (word == "exec" || word == "noexec")
    mount.executable = word == "exec";
  else if (word == "suid" || word == "dev")
    throw Error(cat("option ", word, ": every tmpfs is no", word));
  else if (word != "nosuid" && word != "nodev")
    throw Error(cat("unknown option ", quote(word)));
}

}  // namespace

MountOption parse_mount(std::string_view text) {
  return in_option("--mount", text, [&] {
    const std::string_view trimmed = trim(text);
    if (trimmed.empty()) throw Error("value is empty");
    MountOption option;
    option.mount.kind = Kind::volume;
    Kinds kinds;
    for (const auto& field : dockerfile::split_csv(trimmed)) apply(option, kinds, split_field(field.text));
    check(option, kinds);
    return option;
  });
}

MountOption parse_volume(std::string_view text) {
  return in_option("-v", text, [&] {
    const auto parts = split(text, ':');
    MountOption option;
    store::MountConfig& mount = option.mount;
    mount.kind = Kind::volume;
    if (parts.size() > 3 || std::ranges::any_of(parts, &std::string_view::empty))
      throw Error("it is not [SOURCE:]PATH[:OPTIONS]");
    if (parts.size() > 1) {
      mount.kind = is_path(parts[0]) ? Kind::bind : Kind::volume;
      mount.source = mount.kind == Kind::bind ? absolute(parts[0]) : std::string(parts[0]);
      mount.make_source = mount.kind == Kind::bind;
    }
    mount.target = parts.size() > 1 ? parts[1] : parts[0];
    check_target(mount.target);
    if (parts.size() == 3) {
      for (const std::string_view word : split(parts[2], ',')) apply_volume_word(option, word);
    }
    return option;
  });
}

MountOption parse_tmpfs(std::string_view text) {
  return in_option("--tmpfs", text, [&] {
    const auto colon = text.find(':');
    MountOption option;
    option.mount.kind = Kind::memory;
    option.mount.target = text.substr(0, colon);
    check_target(option.mount.target);
    if (colon != std::string_view::npos) {
      for (const std::string_view word : split(text.substr(colon + 1), ','))
        apply_memory_word(option.mount, word);
    }
    return option;
  });
}

void check_mount(const MountOption& option) {
  if (!option.driver.empty() && option.driver != "local")
    throw Error(cat("volume driver ", quote(option.driver), ": there is only local"));
  if (!option.driver_options.empty()) {
    Error error(cat("the driver local has no option ", quote(option.driver_options.begin()->first)));
    error.set_hint("for a directory of the host: --mount type=bind; for memory: --mount type=tmpfs");
    throw error;
  }
}

}  // namespace husk::container
