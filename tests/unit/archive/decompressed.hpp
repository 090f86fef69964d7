#pragma once

#include "libcore/archive/inflate.hpp"
#include "libcore/base/io.hpp"

#include <string>
#include <vector>

namespace husk::archive {

inline constexpr std::uint64_t no_limit = ~0ULL;

inline std::string read_everything(const Source& source, std::size_t piece = 65536) {
  std::string text;
  std::vector<std::byte> buffer(piece);
  while (const std::size_t count = source(buffer)) text += as_text(std::span(buffer).first(count));
  return text;
}

}  // namespace husk::archive
