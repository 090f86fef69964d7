#include "libcore/container/volume_list.hpp"

#include "libcore/base/error.hpp"
#include "libcore/dockerfile/values.hpp"

#include <algorithm>

namespace husk::container {
namespace {

struct Filter {
  std::string key;
  std::string value;
};

Filter parse_filter(const std::string& text) {
  const auto equals = text.find('=');
  Filter filter{text.substr(0, equals), equals == std::string::npos ? "" : text.substr(equals + 1)};
  const bool is_known =
      filter.key == "dangling" || filter.key == "name" || filter.key == "label" || filter.key == "driver";
  if (equals == std::string::npos || !is_known) {
    Error error(cat("filter ", quote(text), " is not NAME=VALUE with a name that is known"), Exit::usage);
    error.set_hint("known are dangling, driver, label and name");
    throw error;
  }
  if (filter.key == "dangling" && !dockerfile::parse_bool(filter.value))
    throw Error(cat("filter ", quote(text), " is neither true nor false"), Exit::usage);
  return filter;
}

bool has_label(const store::Volume& volume, const std::string& wanted) {
  const auto equals = wanted.find('=');
  const auto found = volume.labels.find(wanted.substr(0, equals));
  return found != volume.labels.end() &&
         (equals == std::string::npos || found->second == wanted.substr(equals + 1));
}

bool matches(const Filter& filter, const store::Volume& volume, const store::VolumeUsers& users) {
  if (filter.key == "dangling") return *dockerfile::parse_bool(filter.value) != users.contains(volume.name);
  if (filter.key == "name") return volume.name.find(filter.value) != std::string::npos;
  if (filter.key == "label") return has_label(volume, filter.value);
  return filter.value == "local";
}

}  // namespace

std::vector<store::Volume> list_volumes(const store::Store& store, const std::vector<std::string>& filters) {
  std::vector<Filter> parsed;
  parsed.reserve(filters.size());
  for (const std::string& text : filters) parsed.push_back(parse_filter(text));
  const bool needs_users =
      std::ranges::any_of(parsed, [](const Filter& filter) { return filter.key == "dangling"; });
  const store::VolumeUsers users = needs_users ? store::find_volume_users(store) : store::VolumeUsers{};
  std::vector<store::Volume> volumes = store::list_volumes(store);
  std::erase_if(volumes, [&](const store::Volume& volume) {
    return !std::ranges::all_of(parsed, [&](const Filter& filter) { return matches(filter, volume, users); });
  });
  return volumes;
}

std::string print_labels(const std::map<std::string, std::string>& labels) {
  std::string text;
  for (const auto& [name, value] : labels) text += cat(text.empty() ? "" : ",", name, "=", value);
  return text;
}

std::string describe_volume(const store::Store& store, const store::Volume& volume) {
  std::string labels;
  for (const auto& [name, value] : volume.labels) {
    labels += cat(labels.empty() ? "\n            " : ",\n            ", json_string(name), ": ",
                  json_string(value));
  }
  if (!labels.empty()) labels += "\n        ";
  return cat("    {\n        \"CreatedAt\": ", json_string(volume.created),
             ",\n        \"Driver\": \"local\",\n        \"Labels\": {", labels,
             "},\n        \"Mountpoint\": ", json_string(store::volume_tree(store, volume.name).native()),
             ",\n        \"Name\": ", json_string(volume.name),
             ",\n        \"Options\": {},\n        \"Scope\": \"local\"\n    }");
}

}  // namespace husk::container
