#include "libcore/container/list.hpp"

#include "libcore/base/text.hpp"

#include <algorithm>

namespace husk::container {
namespace {

std::string age(const std::string& time, Time now) {
  const auto then = parse_rfc3339(time);
  return then ? format_age(*then, now) : "an unknown time";
}

// At most SHOWN bytes and a sign that there was more.
std::string cut(const std::string& text, std::size_t shown) {
  if (text.size() <= shown) return text;
  std::size_t end = shown - 1;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80)
    --end;  // not inside a character
  return text.substr(0, end) + "…";
}

}  // namespace

std::string describe_status(const store::ContainerState& state, Time now) {
  switch (state.status) {
    case store::Status::created: return "Created";
    case store::Status::running: return cat("Up ", age(state.started, now));
    case store::Status::exited:
      // Nobody saw the end: the one who waited was killed, or the machine went down.
      if (!state.exit_code) return "Exited (unknown)";
      return cat("Exited (", *state.exit_code, ") ", age(state.finished, now), " ago");
  }
  return "?";
}

std::string describe_command(const std::vector<std::string>& command, Length length) {
  constexpr std::size_t shown = 20;
  std::string text;
  for (const std::string& word : command) text += cat(text.empty() ? "" : " ", word);
  text = escape(text);
  return cat("\"", length == Length::whole ? text : cut(text, shown), "\"");
}

std::string describe_mounts(const std::vector<store::MountConfig>& mounts, Length length) {
  constexpr std::size_t shown = 15;
  using Kind = store::MountConfig::Kind;
  std::string text;
  for (const store::MountConfig& mount : mounts) {
    if (mount.kind != Kind::bind && mount.kind != Kind::volume) continue;
    const std::string source = escape(mount.source);
    text += cat(text.empty() ? "" : ",", length == Length::whole ? source : cut(source, shown));
  }
  return text;
}

std::size_t count_volumes(const std::vector<store::MountConfig>& mounts) {
  return static_cast<std::size_t>(
      std::ranges::count(mounts, store::MountConfig::Kind::volume, &store::MountConfig::kind));
}

}  // namespace husk::container
