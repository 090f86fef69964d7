#pragma once

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

// What other projects wrote down as right. It lies beside the source tree of those who develop husk; the
// tests are skipped where it does not, but where all of them must run (MUST_RUN) they fail.

namespace cases {

inline std::filesystem::path directory() {
  const char* const path = std::getenv("TEST_CASES");
  return path == nullptr ? "" : path;
}

inline bool missing() {
  if (!directory().empty() && std::filesystem::exists(directory() / "README.md")) return false;
  if (std::getenv("MUST_RUN") != nullptr) throw std::runtime_error("$TEST_CASES names no directory of cases");
  return true;
}

inline std::string read(const std::filesystem::path& path) {
  std::ostringstream out;
  out << std::ifstream(path, std::ios::binary).rdbuf();
  return out.str();
}

/// The objects of a JSON lines file.
inline std::vector<nlohmann::json> lines(const std::string& name) {
  std::vector<nlohmann::json> out;
  std::ifstream file(directory() / name);
  for (std::string line; std::getline(file, line);) {
    if (!line.empty()) out.push_back(nlohmann::json::parse(line));
  }
  return out;
}

}  // namespace cases
