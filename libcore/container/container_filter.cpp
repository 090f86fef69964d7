#include "libcore/container/container_filter.hpp"

#include "libcore/base/error.hpp"
#include "libcore/container/pause.hpp"
#include "libcore/container/run_options.hpp"
#include "libcore/dockerfile/ports.hpp"
#include "libcore/store/images.hpp"

#include <regex.h>
#include <algorithm>
#include <array>
#include <charconv>
#include <memory>

namespace husk::container {
namespace {

using store::ContainerConfig;
using store::ContainerState;
using Test = std::function<bool(const ContainerConfig&, const ContainerState&)>;

constexpr std::array<std::string_view, 12> known_filters = {"ancestor", "before", "exited", "expose",
                                                            "id",       "label",  "name",   "network",
                                                            "publish",  "since",  "status", "volume"};

// docker's words, of which ours are some: a script may ask for the others, and finds none.
constexpr std::array<std::string_view, 7> statuses = {"created",  "dead",    "exited",    "paused",
                                                      "removing", "running", "restarting"};

// regcomp(3), which a static program has at no cost.
class Pattern {
 public:
  explicit Pattern(const Filter& filter) {
    if (::regcomp(&compiled_, filter.value.c_str(), REG_EXTENDED | REG_NOSUB) != 0)
      refuse_value(filter, "is no regular expression");
  }
  Pattern(Pattern&&) = delete;
  ~Pattern() { ::regfree(&compiled_); }
  bool is_in(const std::string& text) const {
    return ::regexec(&compiled_, text.c_str(), 0, nullptr, 0) == 0;
  }

 private:
  regex_t compiled_{};
};

int parse_exit_code(const Filter& filter) {
  int code = 0;
  const char* const last = filter.value.data() + filter.value.size();
  const auto [end, failure] = std::from_chars(filter.value.data(), last, code);
  if (failure != std::errc{} || end != last) refuse_value(filter, "is no exit code");
  return code;
}

std::set<std::string> parse_ports(const Filter& filter) {
  try {
    return dockerfile::parse_exposed(filter.value).ports;
  } catch (const Error&) {
    refuse_value(filter, "is no port, as 80, 53/udp or 8000-8010");
  }
}

struct Ancestor {
  std::optional<oci::Digest> image_id;  // nothing: no such image, and no container of it
  std::vector<oci::Digest> diff_ids;

  bool is_of(const ContainerConfig& config) const {
    if (!image_id) return false;
    if (config.image_id == image_id) return true;
    return !diff_ids.empty() && diff_ids.size() <= config.diff_ids.size() &&
           std::equal(diff_ids.begin(), diff_ids.end(), config.diff_ids.begin());
  }
};

Ancestor find_ancestor(const store::Store& store, const std::string& name) {
  const auto tag = store::find_image_if_any(store, name);
  if (!tag) return {};
  return {tag->image_id, store::read_config(store, tag->image_id).diff_ids};
}

auto age_key(const ContainerConfig& config) { return std::pair(config.created, config.id); }

bool has_volume(const ContainerConfig& config, const std::string& wanted) {
  return std::ranges::any_of(config.mounts, [&](const store::MountConfig& mount) {
    return mount.target == wanted ||
           (mount.kind == store::MountConfig::Kind::volume && mount.source == wanted) ||
           (mount.kind == store::MountConfig::Kind::bind && mount.source == wanted);
  });
}

// Looks up what the filter names.
Test make_test(const store::Store& store, const Filter& filter) {
  const std::string& value = filter.value;
  if (filter.key == "id" || filter.key == "name") {
    return [pattern = std::make_shared<Pattern>(filter), by_name = filter.key == "name"](
               const ContainerConfig& config, const ContainerState&) {
      return pattern->is_in(by_name ? config.name : config.id);
    };
  }
  if (filter.key == "label") {
    return [value](const ContainerConfig& config, const ContainerState&) {
      return has_label(config.labels, value);
    };
  }
  if (filter.key == "status") {
    if (std::ranges::find(statuses, value) == statuses.end()) refuse_value(filter, "is no status");
    return [value](const ContainerConfig&, const ContainerState& state) {
      return status_word(state) == value;
    };
  }
  if (filter.key == "exited") {
    return [code = parse_exit_code(filter)](const ContainerConfig&, const ContainerState& state) {
      return state.status == store::Status::exited && state.exit_code == code;
    };
  }
  if (filter.key == "ancestor") {
    return [ancestor = find_ancestor(store, value)](const ContainerConfig& config, const ContainerState&) {
      return ancestor.is_of(config);
    };
  }
  if (filter.key == "before" || filter.key == "since") {
    const auto other = age_key(store::find_container(store, value).config());
    return [other, before = filter.key == "before"](const ContainerConfig& config, const ContainerState&) {
      return before ? age_key(config) < other : age_key(config) > other;
    };
  }
  if (filter.key == "volume") {
    return
        [value](const ContainerConfig& config, const ContainerState&) { return has_volume(config, value); };
  }
  if (filter.key == "network") {
    return [value](const ContainerConfig& config, const ContainerState&) { return config.network == value; };
  }
  if (filter.key == "publish") {
    return [ports = parse_ports(filter)](const ContainerConfig& config, const ContainerState&) {
      return std::ranges::any_of(config.ports, [&](const std::string& port) {
        return ports.contains(container_port(parse_port(port)));
      });
    };
  }
  return [ports = parse_ports(filter)](const ContainerConfig& config, const ContainerState&) {
    return std::ranges::any_of(config.exposed_ports,
                               [&](const std::string& port) { return ports.contains(port); });
  };
}

}  // namespace

ContainerFilter::ContainerFilter(const store::Store& store, const std::vector<std::string>& texts) {
  for (const std::string& text : texts) add(store, parse_filter(text, known_filters));
}

void ContainerFilter::add(const store::Store& store, const Filter& filter) {
  Test test = make_test(store, filter);
  if (filter.key == "status") asks_for_status_ = true;
  const auto found = std::ranges::find(tests_, filter.key, &KeyTests::key);
  const bool is_alone = filter.key == "label" || filter.key == "before" || filter.key == "since";
  if (found == tests_.end() || is_alone) {
    tests_.push_back({filter.key, {std::move(test)}});
  } else {
    found->any.push_back(std::move(test));
  }
}

bool ContainerFilter::matches(const ContainerConfig& config, const ContainerState& state) const {
  return std::ranges::all_of(tests_, [&](const KeyTests& each) {
    return std::ranges::any_of(each.any, [&](const Test& test) { return test(config, state); });
  });
}

std::vector<std::string> filter_words() {
  std::vector<std::string> words;
  words.reserve(known_filters.size());
  for (const std::string_view key : known_filters) words.push_back(cat(key, "="));
  return words;
}

}  // namespace husk::container
