#include "libcore/container/traffic.hpp"

#include "libcore/base/ascii.hpp"
#include "libcore/container/lines.hpp"

#include <charconv>
#include <vector>

namespace husk::container {
namespace {

// Those in a line, as far as they are numbers.
std::vector<std::uint64_t> numbers_in(std::string_view text) {
  std::vector<std::uint64_t> numbers;
  for (text = trim_blanks(text); !text.empty(); text = trim_blanks(text)) {
    std::uint64_t number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc{}) break;
    numbers.push_back(number);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  }
  return numbers;
}

}  // namespace

Traffic parse_network_devices(std::string_view text) {
  constexpr std::size_t received = 0, sent = 8;
  Traffic traffic;
  for (const std::string& line : split_lines(text)) {
    const auto colon = line.find(':');
    if (colon == std::string::npos || trim_blanks(line.substr(0, colon)) == "lo") continue;
    const std::vector<std::uint64_t> numbers = numbers_in(std::string_view(line).substr(colon + 1));
    if (numbers.size() <= sent) continue;
    traffic.in += numbers[received];
    traffic.out += numbers[sent];
  }
  return traffic;
}

Traffic parse_process_io(std::string_view text) {
  Traffic traffic;
  for (const std::string& line : split_lines(text)) {
    const auto colon = line.find(':');
    if (colon == std::string::npos) continue;
    const std::vector<std::uint64_t> numbers = numbers_in(std::string_view(line).substr(colon + 1));
    if (numbers.empty()) continue;
    if (line.starts_with("read_bytes:")) traffic.in = numbers.front();
    if (line.starts_with("write_bytes:")) traffic.out = numbers.front();
  }
  return traffic;
}

}  // namespace husk::container
