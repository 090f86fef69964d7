#pragma once

#include <random>
#include <string>

namespace husk::archive {

/// SIZE bytes that can be compressed, the same each time.
inline std::string some_text(std::size_t size) {
  std::mt19937 random(1);
  std::string text;
  while (text.size() < size) text += "line " + std::to_string(random() % 1000) + "\n";
  text.resize(size);
  return text;
}

}  // namespace husk::archive
