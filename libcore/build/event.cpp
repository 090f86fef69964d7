#include "libcore/build/event.hpp"

#include "libcore/base/message.hpp"

#include <charconv>

namespace husk::build {
namespace {

std::uint64_t take_number(std::string_view& text) {
  const std::string field = take_field(text);
  std::uint64_t number = 0;
  (void)std::from_chars(field.data(), field.data() + field.size(), number);
  return number;
}

}  // namespace

std::string print_event(const Event& event) {
  std::string out;
  for (const std::uint64_t number :
       {static_cast<std::uint64_t>(event.kind), std::uint64_t{event.stage}, std::uint64_t{event.step},
        std::uint64_t{event.steps}, static_cast<std::uint64_t>(event.seconds * 1e6), event.bytes,
        event.total}) {
    add_field(out, cat(number));
  }
  add_field(out, event.key);
  add_field(out, event.text);
  return out;
}

Event parse_event(std::string_view text) {
  Event event;
  event.kind = static_cast<Event::Kind>(take_number(text));
  event.stage = take_number(text);
  event.step = take_number(text);
  event.steps = take_number(text);
  event.seconds = static_cast<double>(take_number(text)) / 1e6;
  event.bytes = take_number(text);
  event.total = take_number(text);
  event.key = take_field(text);
  event.text = take_field(text);
  return event;
}

}  // namespace husk::build
