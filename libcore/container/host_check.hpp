#pragma once

#include "libcore/base/value.hpp"
#include "libcore/container/host_facts.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace husk::container {

/// Something that containers need or can use.
struct Check {
  /// limited: what needs it can't be had, the rest can.
  enum class Result : std::uint8_t { good, limited, broken };
  std::string name;
  Result result = Result::good;
  std::string detail = {};
  std::string remedy = {};  // a command, if there is one
};

/// What FACTS mean, in the order in which things need each other.
std::vector<Check> judge(const HostFacts& facts);

/// Whether containers can run.
bool can_run(const std::vector<Check>& checks);

/// A line for each, and one for its remedy.
std::string print_checks(const std::vector<Check>& checks);

/// A list of objects: Name, Result, Detail, Remedy.
Value to_value(const std::vector<Check>& checks);

}  // namespace husk::container
