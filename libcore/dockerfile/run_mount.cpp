#include "libcore/dockerfile/run_mount.hpp"

#include "libcore/base/ascii.hpp"
#include "libcore/base/quantity.hpp"
#include "libcore/dockerfile/csv.hpp"
#include "libcore/dockerfile/ignore_file.hpp"
#include "libcore/dockerfile/runes.hpp"
#include "libcore/dockerfile/suggest.hpp"
#include "libcore/dockerfile/values.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace husk::dockerfile {
namespace {

using Type = RunMount::Type;
using Sharing = RunMount::Sharing;

template <class Value>
struct Named {
  std::string_view name;
  Value value;
};
template <class Value>
Named(std::string_view, Value) -> Named<Value>;  // clang 14 does not find out by itself

constexpr std::array types = {Named{"bind", Type::bind}, Named{"cache", Type::cache},
                              Named{"tmpfs", Type::tmpfs}, Named{"secret", Type::secret},
                              Named{"ssh", Type::ssh}};

constexpr std::array sharings = {Named{"shared", Sharing::shared}, Named{"private", Sharing::own},
                                 Named{"locked", Sharing::locked}};

// Other names of options, and what they are called here.
constexpr std::array aliases = {
    Named{"src", std::string_view("source")}, Named{"dst", std::string_view("target")},
    Named{"destination", std::string_view("target")}, Named{"ro", std::string_view("readonly")},
    Named{"rw", std::string_view("readwrite")}};

constexpr std::array<std::string_view, 14> options = {"type",      "from", "source",  "target",   "readonly",
                                                      "readwrite", "id",   "sharing", "required", "size",
                                                      "mode",      "uid",  "gid",     "env"};

template <class Table>
auto look_up(const Table& table, const Word& value, std::string_view what) {
  const auto found =
      std::find_if(table.begin(), table.end(),
                   [lower = to_lower(value.text)](const auto& each) { return each.name == lower; });
  if (found != table.end()) return found->value;
  std::vector<std::string_view> names;
  names.reserve(table.size());
  for (const auto& each : table) names.push_back(each.name);
  throw SyntaxError(value.at, cat("unsupported ", what, " ", in_double_quotes(value.text),
                                  suggestion(to_lower(value.text), names)));
}

std::string_view name_of(Type type) {
  return std::find_if(types.begin(), types.end(), [&](const auto& each) { return each.value == type; })->name;
}

struct Option {
  std::string_view name;           // one of OPTIONS
  Word key;                        // as it was written
  std::optional<Word> value = {};  // its variables replaced
};

Option read_option(const Word& field) {
  const auto equals = field.text.find('=');
  Option option{{}, part_of(field, 0, equals)};
  std::string name = to_lower(option.key.text);
  for (const auto& alias : aliases) {
    if (alias.name == name) name = alias.value;
  }
  const auto known = std::find(options.begin(), options.end(), name);
  if (known == options.end()) {
    std::vector<std::string_view> names(options.begin(), options.end());
    for (const auto& alias : aliases) names.push_back(alias.name);
    throw SyntaxError(field.at, cat("unexpected key ", quote(option.key.text), " in ", quote(field.text),
                                    suggestion(name, names)));
  }
  option.name = *known;
  if (equals != std::string::npos) {
    option.value = part_of(field, equals + 1);
  } else if (name != "readonly" && name != "readwrite" && name != "required") {
    throw SyntaxError(field.at, cat("invalid field ", quote(field.text), " must be a key=value pair"));
  }
  return option;
}

std::vector<Option> read_options(const Word& text) {
  std::vector<Option> read;
  try {
    for (const Piece& field : split_csv(text.text)) {
      read.push_back(read_option({field.text, part_of(text, field.offset).at}));
    }
  } catch (const SyntaxError&) {
    throw;
  } catch (const Error& error) {
    throw SyntaxError(text.at, cat("failed to parse csv mounts: ", error.what()));
  }
  for (const Option& option : read) {
    const auto dollar = option.name == "from" ? option.value->text.find('$') : std::string::npos;
    if (dollar != std::string::npos && dollar + 1 < option.value->text.size()) {
      throw SyntaxError(option.value->at,
                        "'from' doesn't support variable expansion, define alias stage instead");
    }
  }
  return read;
}

bool flag_of(const Option& option) {
  if (!option.value) return true;
  const auto value = parse_bool(option.value->text);
  if (!value) {
    throw SyntaxError(option.value->at,
                      cat("invalid value for ", option.name, ": ", quote(option.value->text)));
  }
  return *value;
}

std::uint32_t number_of(const Option& option, int base) {
  const auto value = parse_number(option.value->text, base);
  if (!value) {
    throw SyntaxError(option.value->at,
                      cat("invalid value ", quote(option.value->text), " for ", option.name));
  }
  return *value;
}

std::uint64_t size_of(const Option& option) {
  const auto value = parse_size(option.value->text);
  if (!value) throw SyntaxError(option.value->at, cat("invalid value for size: ", quote(option.value->text)));
  return *value;
}

[[noreturn]] void refuse(const Option& option, std::string_view why) {
  throw SyntaxError(option.key.at, std::string(why));
}

// Options of other types that BuildKit ignores are ignored.
void check_type(const Option& option, Type type) {
  const std::string_view name = option.name;
  const bool secret = type == Type::secret, ssh = type == Type::ssh, cache = type == Type::cache;
  if (name == "from" && secret) refuse(option, "secret mount should not have a from");
  if ((name == "required" && !secret && !ssh) || (name == "size" && type != Type::tmpfs)) {
    refuse(option, cat("unexpected key ", quote(option.key.text), " for mount type ", quote(name_of(type))));
  }
  if (name == "sharing" && !cache)
    refuse(option, cat("invalid cache sharing set for ", name_of(type), " mount"));
  if ((name == "mode" || name == "uid" || name == "gid") && !secret && !ssh && !cache) {
    refuse(option, cat(name, " not allowed for \"", name_of(type), "\" type mounts"));
  }
}

void apply(RunMount& mount, const Option& option) {
  const std::string_view name = option.name;
  if (name == "type") mount.type = look_up(types, *option.value, "mount type");
  if (name == "from") mount.from = option.value->text;
  if (name == "source") mount.source = option.value->text;
  if (name == "target") mount.target = option.value->text;
  if (name == "readonly") mount.read_only = flag_of(option);
  if (name == "readwrite") mount.read_only = !flag_of(option);
  if (name == "required") mount.required = flag_of(option);
  if (name == "id") mount.id = option.value->text;
  if (name == "env") mount.env = option.value->text;
  if (name == "sharing") mount.sharing = look_up(sharings, *option.value, "sharing value");
  if (name == "size") mount.size = size_of(option);
  if (name == "mode") mount.mode = number_of(option, 8);
  if (name == "uid") mount.uid = number_of(option, 10);
  if (name == "gid") mount.gid = number_of(option, 10);
}

const Option* find(const std::vector<Option>& among, std::string_view name) {
  const auto found =
      std::find_if(among.rbegin(), among.rend(), [&](const Option& each) { return each.name == name; });
  return found == among.rend() ? nullptr : &*found;
}

bool is_open(const Option* option) {
  return option != nullptr && option->value && option->value->text.find('$') != std::string::npos;
}

std::string last_component(const std::string& path) { return path.substr(path.rfind('/') + 1); }

// The names that BuildKit makes up.
void complete(RunMount& mount) {
  if (mount.type == Type::cache && mount.id.empty()) mount.id = clean_path(mount.target);
  if (mount.type == Type::ssh && mount.id.empty()) mount.id = "default";
  if (mount.type != Type::secret) return;
  if (!mount.source.empty()) mount.id = std::exchange(mount.source, "");
  if (mount.id.empty()) mount.id = last_component(clean_path(mount.target));
  if (mount.target.empty() && !mount.env)
    mount.target = "/run/secrets/" + last_component(clean_path(mount.id));
}

}  // namespace

RunMount parse_run_mount(const Word& text, const ExpandValue& expand) {
  std::vector<Option> read = read_options(text);
  RunMount mount;
  mount.at = text.at;
  for (Option& option : read) {
    if (option.value) option.value->text = expand(*option.value);
  }
  if (const Option* type = find(read, "type")) apply(mount, *type);
  mount.read_only = mount.type != Type::cache && mount.type != Type::tmpfs;
  for (const Option& option : read) {
    check_type(option, mount.type);
    apply(mount, option);
  }
  if (mount.type == Type::secret) {
    if (mount.source.empty() && mount.target.empty() && mount.id.empty()) {
      throw SyntaxError(text.at, "invalid secret mount. one of source, target required");
    }
    if (!mount.source.empty() && !mount.id.empty())
      throw SyntaxError(text.at, "both source and id can't be set");
  }
  complete(mount);
  return mount;
}

std::string source_of_mount(const Word& text) {
  const std::vector<Option> read = read_options(text);
  const Option* const from = find(read, "from");
  return from == nullptr ? "" : from->value->text;
}

void check_run_mount(const Word& text) {
  const std::vector<Option> read = read_options(text);
  if (std::any_of(read.begin(), read.end(), [](const Option& option) { return is_open(&option); })) {
    RunMount mount;
    const Option* const type = find(read, "type");
    if (type != nullptr && !is_open(type)) apply(mount, *type);
    for (const Option& option : read) {
      if (!is_open(type)) check_type(option, mount.type);
      if (!is_open(&option)) apply(mount, option);
    }
  } else {
    (void)parse_run_mount(text, [](const Word& value) { return value.text; });
  }
}

}  // namespace husk::dockerfile
