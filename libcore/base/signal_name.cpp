#include "libcore/base/signal_name.hpp"

#include "libcore/base/ascii.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <csignal>
#include <cstring>
#include <string>

namespace husk {
namespace {

// Of the kernel's numbering, which programs in containers have; SIGRTMIN is what our C library left of it.
constexpr int first_real_time = 34;
constexpr int last_signal = 64;

std::optional<int> parse_between(std::string_view digits, int first, int last) {
  int value = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  const bool whole = failure == std::errc{} && end == digits.data() + digits.size();
  return whole && value >= first && value <= last ? std::optional(value) : std::nullopt;
}

}  // namespace

std::optional<int> parse_signal(std::string_view text) {
  if (const auto number = parse_between(text, 1, last_signal)) return number;
  std::string name = to_upper(text);
  if (name.starts_with("SIG")) name.erase(0, 3);
  if (name == "RTMIN") return first_real_time;
  if (name == "RTMAX") return last_signal;
  constexpr int most = last_signal - first_real_time;
  if (name.starts_with("RTMIN+")) {
    const auto distance = parse_between(std::string_view(name).substr(6), 1, most);
    return distance ? std::optional(first_real_time + *distance) : std::nullopt;
  }
  if (name.starts_with("RTMAX-")) {
    const auto distance = parse_between(std::string_view(name).substr(6), 1, most);
    return distance ? std::optional(last_signal - *distance) : std::nullopt;
  }
  if (name == "IOT") return SIGABRT;
  if (name == "CLD") return SIGCHLD;
  for (int signal = 1; signal < first_real_time; ++signal) {
    const char* const known = ::sigabbrev_np(signal);
    if (known != nullptr && name == known) return signal;
  }
  return std::nullopt;
}

}  // namespace husk
