#pragma once

#include "libcore/container/filter.hpp"
#include "libcore/store/containers.hpp"

#include <functional>
#include <set>
#include <string>
#include <vector>

namespace husk::container {

/// What docker ps -f takes: a container is listed if, of each key, one of the values fits, and of "label" all
/// do. Keys: ancestor (an image, or one that it was built on), before, since (a container), exited (a code),
/// expose, publish (80, 80/udp, 80-90), id, name (a part of it, as a regular expression), label, network,
/// status, volume (a name, or where it is mounted).
class ContainerFilter {
 public:
  /// Throws Error with exit usage for what can't be; if "before" or "since" names no container, Error.
  ContainerFilter(const store::Store& store, const std::vector<std::string>& texts);

  /// Whether one asks for a status: then it, not --all, decides whether containers that do not run are
  /// listed.
  [[nodiscard]] bool asks_for_status() const { return asks_for_status_; }
  [[nodiscard]] bool is_empty() const { return tests_.empty(); }
  [[nodiscard]] bool matches(const store::ContainerConfig& config, const store::ContainerState& state) const;

 private:
  using Test = std::function<bool(const store::ContainerConfig&, const store::ContainerState&)>;
  struct KeyTests {
    std::string key;
    std::vector<Test> any;
  };
  void add(const store::Store& store, const Filter& filter);

  std::vector<KeyTests> tests_;
  bool asks_for_status_ = false;
};

/// What a filter may begin with, for completion: "name=".
std::vector<std::string> filter_words();

}  // namespace husk::container
