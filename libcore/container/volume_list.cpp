#include "libcore/container/volume_list.hpp"

#include "libcore/base/text.hpp"
#include "libcore/container/filter.hpp"
#include "libcore/dockerfile/values.hpp"

#include <algorithm>
#include <array>

namespace husk::container {
namespace {

constexpr std::array<std::string_view, 4> known_filters = {"dangling", "driver", "label", "name"};

Filter parse_volume_filter(const std::string& text) {
  Filter filter = parse_filter(text, known_filters);
  if (filter.key == "dangling" && !dockerfile::parse_bool(filter.value))
    refuse_value(filter, "is neither true nor false");
  return filter;
}

bool matches(const Filter& filter, const store::Volume& volume, const store::VolumeUsers& users) {
  if (filter.key == "dangling") return *dockerfile::parse_bool(filter.value) != users.contains(volume.name);
  if (filter.key == "name") return volume.name.find(filter.value) != std::string::npos;
  if (filter.key == "label") return has_label(volume.labels, filter.value);
  return filter.value == "local";
}

}  // namespace

std::vector<store::Volume> list_volumes(const store::Store& store, const std::vector<std::string>& filters) {
  std::vector<Filter> parsed;
  parsed.reserve(filters.size());
  for (const std::string& text : filters) parsed.push_back(parse_volume_filter(text));
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

Value inspect_volume(const store::Store& store, const store::Volume& volume) {
  return Value::Object{
      {"CreatedAt", volume.created},
      {"Driver", "local"},
      {"Labels", to_object(volume.labels)},
      {"Mountpoint", store::volume_tree(store, volume.name).native()},
      {"Name", volume.name},
      {"Options", Value::Object{}},
      {"Scope", "local"},
  };
}

}  // namespace husk::container
