#include "libcore/userns/subordinate_ids.hpp"

#include "libcore/base/error.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace husk::userns {
namespace {

// The kernel takes 340 lines (user_namespaces(7)); nobody has more than a few ranges.
constexpr std::size_t max_ranges = 64;

struct Entry {
  std::string_view owner;
  std::uint32_t first = 0;
  std::uint32_t count = 0;
};

std::optional<std::uint32_t> parse_number(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<Entry> parse_entry(std::string_view line) {
  const auto first_colon = line.find(':');
  const auto last_colon = line.rfind(':');
  if (first_colon == std::string_view::npos || first_colon == last_colon) return std::nullopt;
  const auto first = parse_number(line.substr(first_colon + 1, last_colon - first_colon - 1));
  const auto count = parse_number(line.substr(last_colon + 1));
  if (!first || !count || *count == 0 || *count > 0xffffffffU - *first) return std::nullopt;
  return Entry{line.substr(0, first_colon), *first, *count};
}

std::vector<Entry> parse_entries(std::string_view text) {
  std::vector<Entry> entries;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (const auto entry = parse_entry(line)) entries.push_back(*entry);
  }
  return entries;
}

bool overlap(const Entry& one, const Entry& two) {
  return one.first < two.first + two.count && two.first < one.first + one.count;
}

}  // namespace

std::vector<IdRange> map_subordinate_ids(std::string_view text, const Owner& owner, std::uint32_t owner_id,
                                         std::string_view file) {
  const std::vector<Entry> entries = parse_entries(text);
  const auto is_own = [&](const Entry& entry) {
    return (!owner.name.empty() && entry.owner == owner.name) || parse_number(entry.owner) == owner.id;
  };

  std::vector<IdRange> map = {{0, owner_id, 1}};
  std::vector<Entry> taken;
  std::uint32_t inside = 1;
  for (const Entry& own : entries) {
    if (!is_own(own) || map.size() > max_ranges || own.count > 0xfffffffeU - inside) continue;
    if (overlap(own, {{}, owner_id, 1})) {
      throw Error(cat(file, ": the range ", own.first, ":", own.count, " of ", quote(own.owner),
                      " holds the id ", owner_id, " of the user itself"));
    }
    for (const Entry& other : entries) {
      if (is_own(other) || !overlap(own, other)) continue;
      Error error(cat(file, ": the ranges of ", quote(own.owner), " and ", quote(other.owner), " overlap"));
      error.set_hint(
          "one could change the other's files: ask the administrator to give each user ids of its own");
      throw error;
    }
    // The same range twice (by name and by number): once is enough, and twice is refused by the kernel.
    if (std::ranges::any_of(taken, [&](const Entry& each) { return overlap(own, each); })) continue;
    taken.push_back(own);
    map.push_back({inside, own.first, own.count});
    inside += own.count;
  }
  return map;
}

}  // namespace husk::userns
