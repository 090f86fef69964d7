#include "libcore/archive/notes.hpp"

#include "libcore/base/text.hpp"

#include <algorithm>

namespace husk::archive {
namespace {

constexpr std::size_t max_reasons = 20;
constexpr std::size_t max_named = 3;

}  // namespace

void Notes::add(std::string_view what, std::string_view reason) {
  auto group = std::ranges::find(groups_, reason, &Group::reason);
  if (group == groups_.end()) {
    // Reasons are our own words and those of errno, so there can't be many.
    if (groups_.size() == max_reasons) return;
    group = groups_.insert(group, {.reason = std::string(reason), .named = {}, .others = 0});
  }
  if (std::ranges::find(group->named, what) != group->named.end()) return;
  if (group->named.size() == max_named) {
    ++group->others;
  } else {
    group->named.emplace_back(what);
  }
}

std::vector<std::string> Notes::lines() const {
  std::vector<std::string> lines;
  for (const Group& group : groups_) {
    std::string line;
    for (std::size_t i = 0; i < group.named.size(); ++i) {
      const bool is_last = i + 1 == group.named.size() && group.others == 0;
      line += cat(i == 0 ? "" : is_last ? " and " : ", ", group.named[i]);
    }
    if (group.others > 0) line += cat(" and ", group.others, " more");
    lines.push_back(cat(line, " left out: ", group.reason));
  }
  return lines;
}

}  // namespace husk::archive
