#include "libcore/cli/template_printf.hpp"

#include "libcore/base/ascii.hpp"
#include "libcore/base/error.hpp"
#include "libcore/cli/template_functions.hpp"

#include <array>
#include <cstdio>

namespace husk::cli {
namespace {

struct Verb {
  std::string flags;
  int width = 0;
  int precision = -1;
  char name = 0;
};

constexpr int most_width = 10000;

int take_number(std::string_view& rest) {
  int number = 0;
  while (!rest.empty() && is_digit(rest.front())) {
    number = number * 10 + (rest.front() - '0');
    if (number > most_width) throw Error(cat("a width in the format is above ", most_width));
    rest.remove_prefix(1);
  }
  return number;
}

// After the '%'.
Verb take_verb(std::string_view& rest) {
  Verb verb;
  while (!rest.empty() && std::string_view("-+0# ").find(rest.front()) != std::string_view::npos) {
    verb.flags += rest.front();
    rest.remove_prefix(1);
  }
  verb.width = take_number(rest);
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    verb.precision = take_number(rest);
  }
  if (rest.empty()) throw Error("the format ends within a verb");
  verb.name = rest.front();
  rest.remove_prefix(1);
  return verb;
}

template <class Number>
std::string print_number(const Verb& verb, std::string_view conversion, Number number) {
  const std::string format =
      verb.precision < 0 ? cat("%", verb.flags, "*", conversion) : cat("%", verb.flags, "*.*", conversion);
  std::array<char, most_width + 512> buffer{};
  // The format consists of characters that were looked at one by one.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  const int length =
      verb.precision < 0
          ? std::snprintf(buffer.data(), buffer.size(), format.c_str(), verb.width, number)
          : std::snprintf(buffer.data(), buffer.size(), format.c_str(), verb.width, verb.precision, number);
#pragma GCC diagnostic pop
  if (length < 0 || static_cast<std::size_t>(length) >= buffer.size())
    throw Error("a number is too long to print");
  return buffer.data();
}

std::string fill(const Verb& verb, std::string text) {
  const auto width = static_cast<std::size_t>(verb.width);
  if (text.size() >= width) return text;
  const std::string blanks(width - text.size(), ' ');
  return verb.flags.find('-') != std::string::npos ? text + blanks : blanks + text;
}

std::string print_whole(const Verb& verb, const Value& value) {
  const auto* const number = value.get<std::int64_t>();
  if (number == nullptr) throw Error(cat("%", std::string(1, verb.name), " takes a whole number"));
  if (verb.name == 'c') return fill(verb, std::string(1, static_cast<char>(*number & 0x7f)));
  return print_number(verb, cat("l", std::string(1, verb.name)), static_cast<long>(*number));
}

std::string print_floating(const Verb& verb, const Value& value) {
  const auto* const whole = value.get<std::int64_t>();
  const auto* const number = value.get<double>();
  if (whole == nullptr && number == nullptr)
    throw Error(cat("%", std::string(1, verb.name), " takes a number"));
  return print_number(verb, std::string_view(&verb.name, 1),
                      number != nullptr ? *number : static_cast<double>(*whole));
}

std::string print_text(const Verb& verb, const Value& value) {
  std::string text = print_plain(value);
  if (verb.precision >= 0) text = text.substr(0, static_cast<std::size_t>(verb.precision));
  return fill(verb, verb.name == 'q' ? json_string(text) : text);
}

std::string print_verb(const Verb& verb, const Value& value) {
  switch (verb.name) {
    case 'v':
    case 's':
    case 'q':
    case 't': return print_text(verb, value);
    case 'd':
    case 'x':
    case 'X':
    case 'c': return print_whole(verb, value);
    case 'f':
    case 'e':
    case 'g': return print_floating(verb, value);
    default: throw Error(cat("there is no ", quote(cat("%", std::string(1, verb.name))), " in formats"));
  }
}

}  // namespace

std::string print_formatted(std::string_view format, const Value::List& arguments, std::size_t first) {
  std::string text;
  std::size_t next = first;
  while (!format.empty()) {
    const auto percent = format.find('%');
    text += format.substr(0, percent);
    if (percent == std::string_view::npos) break;
    format.remove_prefix(percent + 1);
    if (format.starts_with('%')) {
      text += '%';
      format.remove_prefix(1);
      continue;
    }
    const Verb verb = take_verb(format);
    if (next == arguments.size()) throw Error("the format has more verbs than there are arguments");
    text += print_verb(verb, arguments[next++]);
  }
  if (next != arguments.size()) throw Error("the format has fewer verbs than there are arguments");
  return text;
}

}  // namespace husk::cli
