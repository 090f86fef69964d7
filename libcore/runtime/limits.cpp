#include "libcore/runtime/limits.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/quantity.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace husk::runtime {
namespace {

struct Known {
  const char* name;
  int resource;
};
constexpr std::array<Known, 15> known = {{{"core", RLIMIT_CORE},
                                          {"cpu", RLIMIT_CPU},
                                          {"data", RLIMIT_DATA},
                                          {"fsize", RLIMIT_FSIZE},
                                          {"locks", RLIMIT_LOCKS},
                                          {"memlock", RLIMIT_MEMLOCK},
                                          {"msgqueue", RLIMIT_MSGQUEUE},
                                          {"nice", RLIMIT_NICE},
                                          {"nofile", RLIMIT_NOFILE},
                                          {"nproc", RLIMIT_NPROC},
                                          {"rss", RLIMIT_RSS},
                                          {"rtprio", RLIMIT_RTPRIO},
                                          {"rttime", RLIMIT_RTTIME},
                                          {"sigpending", RLIMIT_SIGPENDING},
                                          {"stack", RLIMIT_STACK}}};

rlim_t parse_value(std::string_view text, std::string_view whole) {
  if (text == "-1") return RLIM_INFINITY;
  rlim_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || end != text.data() + text.size()) {
    throw Error(cat("limit ", quote(whole), ": ", quote(text), " is no number"), Exit::usage);
  }
  return value;
}

}  // namespace

Limit parse_limit(std::string_view text) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos)
    throw Error(cat("limit ", quote(text), " is not NAME=SOFT[:HARD]"), Exit::usage);
  const std::string_view name = text.substr(0, equals);
  const auto* const found =
      std::ranges::find(known, name, [](const Known& each) { return std::string_view(each.name); });
  if (found == known.end()) {
    Error error(cat("limit ", quote(text), ": there is none called ", quote(name)), Exit::usage);
    std::string names;
    for (const Known& each : known) names += cat(names.empty() ? "" : ", ", each.name);
    error.set_hint(cat("known are ", names));
    throw error;
  }
  const std::string_view values = text.substr(equals + 1);
  const auto colon = values.find(':');
  Limit limit{.name = found->name, .resource = found->resource};
  limit.soft = limit.hard = parse_value(values.substr(0, colon), text);
  if (colon != std::string_view::npos) limit.hard = parse_value(values.substr(colon + 1), text);
  if (limit.soft > limit.hard)
    throw Error(cat("limit ", quote(text), ": the soft limit is higher than the hard one"), Exit::usage);
  return limit;
}

std::uint64_t parse_shm_size(std::string_view text) {
  const auto size = parse_size(text);
  if (!size || *size == 0)
    throw Error(cat("--shm-size ", quote(text), " is no size: for instance 64m or 1g"), Exit::usage);
  return *size;
}

}  // namespace husk::runtime
