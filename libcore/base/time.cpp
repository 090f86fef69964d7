#include "libcore/base/time.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/text.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <ctime>

namespace husk {
namespace {

// RFC 3339 has years of four digits.
constexpr std::int64_t first_second = -62135596800;  // 0001-01-01T00:00:00Z
constexpr std::int64_t last_second = 253402300799;   // 9999-12-31T23:59:59Z

/// Takes exactly COUNT digits off the front of TEXT.
std::optional<int> take_digits(std::string_view& text, std::size_t count) {
  if (text.size() < count) return std::nullopt;
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + count, value);
  if (error != std::errc() || end != text.data() + count) return std::nullopt;
  text.remove_prefix(count);
  return value;
}

bool take(std::string_view& text, char expected) {
  if (text.empty() || text.front() != expected) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<std::int32_t> take_fraction(std::string_view& text) {
  std::int32_t value = 0;
  int digits = 0;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    if (digits < 9) value = value * 10 + (text.front() - '0');
    ++digits;
    text.remove_prefix(1);
  }
  if (digits == 0) return std::nullopt;
  for (; digits < 9; ++digits) value *= 10;
  return value;
}

/// Seconds east of UTC.
std::optional<int> take_offset(std::string_view& text) {
  if (take(text, 'Z') || take(text, 'z')) return 0;
  const int sign = take(text, '+') ? 1 : take(text, '-') ? -1 : 0;
  if (sign == 0) return std::nullopt;
  const auto hours = take_digits(text, 2);
  if (!hours || !take(text, ':')) return std::nullopt;
  const auto minutes = take_digits(text, 2);
  if (!minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  return sign * (*hours * 3600 + *minutes * 60);
}

}  // namespace

Time now() {
  std::timespec time{};
  (void)::clock_gettime(CLOCK_REALTIME, &time);  // can't fail for CLOCK_REALTIME
  return {time.tv_sec, static_cast<std::int32_t>(time.tv_nsec)};
}

std::string format_rfc3339(Time time) {
  // Not gmtime_r(3), which reads the local time zone's file first: seven system calls more for every start.
  using std::chrono::floor;
  const std::chrono::sys_seconds moment{std::chrono::seconds(time.seconds)};
  const auto midnight = floor<std::chrono::days>(moment);
  const std::chrono::year_month_day date(midnight);
  if (time.seconds < first_second || time.seconds > last_second) return "0001-01-01T00:00:00Z";
  const std::chrono::hh_mm_ss clock(moment - midnight);
  std::array<char, 64> text{};
  (void)std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d",
                      static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                      static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
                      static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()));
  std::string out = text.data();
  if (time.nanoseconds != 0) {
    (void)std::snprintf(text.data(), text.size(), ".%09d", time.nanoseconds);
    out += text.data();
    while (out.back() == '0') out.pop_back();
  }
  return out + "Z";
}

std::optional<Time> parse_rfc3339(std::string_view text) {
  using std::chrono::year_month_day;
  const auto year = take_digits(text, 4);
  if (!year || !take(text, '-')) return std::nullopt;
  const auto month = take_digits(text, 2);
  if (!month || !take(text, '-')) return std::nullopt;
  const auto day = take_digits(text, 2);
  if (!day || (!take(text, 'T') && !take(text, 't'))) return std::nullopt;
  const auto hour = take_digits(text, 2);
  if (!hour || !take(text, ':')) return std::nullopt;
  const auto minute = take_digits(text, 2);
  if (!minute || !take(text, ':')) return std::nullopt;
  const auto second = take_digits(text, 2);
  if (!second) return std::nullopt;
  std::int32_t nanoseconds = 0;
  if (take(text, '.')) {
    const auto fraction = take_fraction(text);
    if (!fraction) return std::nullopt;
    nanoseconds = *fraction;
  }
  const auto offset = take_offset(text);
  const year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                            std::chrono::day(static_cast<unsigned>(*day))};
  if (!offset || !text.empty() || !date.ok() || *hour > 23 || *minute > 59 || *second > 60)
    return std::nullopt;
  const auto days = std::chrono::sys_days(date).time_since_epoch().count();
  return Time{(std::int64_t{days} * 24 + *hour) * 3600 + std::int64_t{*minute} * 60 + *second - *offset,
              nanoseconds};
}

std::int64_t parse_source_date(const std::string& text) {
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || end != text.data() + text.size() || seconds < 0) {
    throw Error(cat("SOURCE_DATE_EPOCH is no number of seconds: ", quote(text)), Exit::usage);
  }
  return seconds;
}

std::string format_age(Time then, Time now) {
  constexpr std::int64_t hour = 3600;
  constexpr std::int64_t day = 24 * hour;
  constexpr std::int64_t year = 365 * day;
  const std::int64_t seconds = now.seconds > then.seconds ? now.seconds - then.seconds : 0;
  const auto say = [](std::int64_t count, std::string_view unit) {
    return cat(count, " ", unit, count == 1 ? "" : "s");
  };
  if (seconds < 1) return "Less than a second";
  if (seconds < 60) return say(seconds, "second");
  if (seconds < 120) return "About a minute";
  if (seconds < hour) return say(seconds / 60, "minute");
  if (seconds < 2 * hour) return "About an hour";
  if (seconds < 2 * day) return say(seconds / hour, "hour");
  if (seconds < 14 * day) return say(seconds / day, "day");
  if (seconds < 60 * day) return say(seconds / (7 * day), "week");
  if (seconds < 2 * year) return say(seconds / (30 * day), "month");
  return say(seconds / year, "year");
}

}  // namespace husk
