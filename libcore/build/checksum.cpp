#include "libcore/build/checksum.hpp"

#include "libcore/base/hex.hpp"

#include <algorithm>
#include <array>

namespace husk::build {
namespace {

struct Name {
  std::string_view text;
  Sha2 algorithm;
};
constexpr std::array<Name, 3> algorithms = {
    {{"sha256", Sha2::sha256}, {"sha384", Sha2::sha384}, {"sha512", Sha2::sha512}}};

}  // namespace

std::optional<Checksum> Checksum::parse(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view hex = text.substr(colon + 1);
  const auto name = std::find_if(algorithms.begin(), algorithms.end(),
                                 [&](const Name& each) { return each.text == text.substr(0, colon); });
  if (name == algorithms.end() || hex.size() != 2 * hash_size(name->algorithm) || !is_hex(hex))
    return std::nullopt;
  return Checksum(name->algorithm, text);
}

std::string_view Checksum::hex() const noexcept {
  return std::string_view(text_).substr(text_.find(':') + 1);
}

}  // namespace husk::build
