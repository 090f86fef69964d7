#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace husk::container {

/// "CAP_CHOWN" for "chown", " cap_chown " and the like; "ALL" for all. The rules are docker's.
std::string normalize_capability(std::string_view text);

/// What --cap-add and --cap-drop come to, each once and sorted: what is added isn't dropped, beside ALL
/// nothing else counts.
struct CapabilityChanges {
  std::vector<std::string> add;
  std::vector<std::string> drop;
};
CapabilityChanges merge_capabilities(const std::vector<std::string>& add,
                                     const std::vector<std::string>& drop);

/// The set that they make of BASE, as bits of capabilities(7). Throws Error for a name that is none.
std::uint64_t change_capabilities(std::uint64_t base, const std::vector<std::string>& add,
                                  const std::vector<std::string>& drop);

/// All that the kernel has.
std::uint64_t all_capabilities();

/// "CAP_CHOWN", …, in the order of their numbers.
std::vector<std::string> name_capabilities(std::uint64_t set);

}  // namespace husk::container
