#include "libcore/container/list.hpp"

#include "libcore/base/text.hpp"

namespace husk::container {
namespace {

std::string age(const std::string& time, Time now) {
  const auto then = parse_rfc3339(time);
  return then ? format_age(*then, now) : "an unknown time";
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
  if (length == Length::short_form && text.size() > shown) {
    std::size_t end = shown - 1;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80)
      --end;  // not inside a character
    text = text.substr(0, end) + "…";
  }
  return cat("\"", text, "\"");
}

}  // namespace husk::container
