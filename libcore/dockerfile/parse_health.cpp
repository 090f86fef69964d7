#include "libcore/dockerfile/parse_health.hpp"

#include "libcore/base/ascii.hpp"
#include "libcore/base/quantity.hpp"
#include "libcore/dockerfile/runes.hpp"
#include "libcore/dockerfile/values.hpp"

#include <charconv>

namespace husk::dockerfile {
namespace {

constexpr std::int64_t shortest_interval = 1'000'000;  // docker's: 1 ms

std::int64_t take_duration(FlagReader& flags, std::string_view name) {
  const Word value = flags.take(name);
  if (value.empty()) return 0;
  const auto parsed = parse_duration(value.text);
  if (!parsed) throw SyntaxError(value.at, cat("invalid duration ", quote(value.text)));
  if (*parsed != 0 && *parsed < shortest_interval) {
    throw SyntaxError(value.at, cat("Interval \"", name, "\" cannot be less than 1ms"));
  }
  return *parsed;
}

int take_retries(FlagReader& flags) {
  const Word value = flags.take("retries");
  if (value.empty()) return 0;
  int number = 0;
  const char* const end = value.text.data() + value.text.size();
  const auto [stop, error] = std::from_chars(value.text.data(), end, number);
  if (error != std::errc() || stop != end)
    throw SyntaxError(value.at, cat("invalid number ", quote(value.text)));
  if (number < 0) throw SyntaxError(value.at, cat("--retries cannot be negative (", number, ")"));
  return number;
}

}  // namespace

Health parse_health(const Node& node, FlagReader& flags) {
  Health health;
  Diagnostics& diagnostics = flags.diagnostics();
  diagnostics.run([&] { health.interval = take_duration(flags, "interval"); });
  diagnostics.run([&] { health.timeout = take_duration(flags, "timeout"); });
  diagnostics.run([&] { health.start_period = take_duration(flags, "start-period"); });
  diagnostics.run([&] { health.start_interval = take_duration(flags, "start-interval"); });
  diagnostics.run([&] { health.retries = take_retries(flags); });
  if (node.arguments.empty()) throw SyntaxError(node.at, "HEALTHCHECK requires at least one argument");
  const std::string type = to_upper(node.arguments[0].text);
  if (type == "NONE") {
    if (node.arguments.size() > 1)
      throw SyntaxError(node.arguments[1].at, "HEALTHCHECK NONE takes no arguments");
    return {{"NONE"}};
  }
  if (type != "CMD") {
    throw SyntaxError(node.arguments[0].at,
                      cat("Unknown type ", in_double_quotes(type), " in HEALTHCHECK (try CMD)"));
  }
  if (node.arguments.size() < 2)
    throw SyntaxError(node.arguments[0].at, "Missing command after HEALTHCHECK CMD");
  health.test.emplace_back(node.json ? "CMD" : "CMD-SHELL");
  for (std::size_t i = 1; i < node.arguments.size(); ++i) health.test.push_back(node.arguments[i].text);
  return health;
}

}  // namespace husk::dockerfile
