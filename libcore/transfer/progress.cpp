#include "libcore/transfer/progress.hpp"

#include "libcore/base/text.hpp"

#include <array>
#include <cstdio>

namespace husk::transfer {

std::string format_bytes(std::uint64_t bytes) {
  constexpr std::array<const char*, 5> units = {"B", "kB", "MB", "GB", "TB"};
  double value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 1000 && unit + 1 < units.size()) {
    value /= 1000;
    ++unit;
  }
  std::array<char, 32> text{};
  const int digits = unit == 0 || value >= 100 ? 0 : 1;
  const int length = std::snprintf(text.data(), text.size(), "%.*f %s", digits, value, units[unit]);
  return {text.data(), static_cast<std::size_t>(length)};
}

std::string print_json(const State& state) {
  return cat("{\"layers\":", state.layers, ",\"moved\":", state.moved, ",\"to_move\":", state.to_move,
             ",\"bytes\":", state.bytes, ",\"total\":", state.total, "}");
}

std::string summary(const char* verb, const State& state) {
  return cat(verb, " ", state.moved, " of ", state.layers, state.layers == 1 ? " layer, " : " layers, ",
             format_bytes(state.bytes));
}

}  // namespace husk::transfer
