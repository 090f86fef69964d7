#pragma once

#include <cstddef>

/// What a Dockerfile or an ignore file may ask for at most.
namespace husk::dockerfile {

inline constexpr std::size_t max_file_size = 16 << 20;
inline constexpr std::size_t max_line_size = 1 << 20;  // with its continuation lines
inline constexpr std::size_t max_heredoc_size = 8 << 20;
inline constexpr int max_expansion_depth = 64;              // "${a:-${b:-…}}"
inline constexpr std::size_t max_expansion_size = 1 << 20;  // of one expanded word
inline constexpr std::size_t max_stages = 1000;
inline constexpr std::size_t max_instructions = 100'000;
inline constexpr std::size_t max_errors = 50;        // that are reported at once
inline constexpr std::size_t max_patterns = 10'000;  // of one ignore file

}  // namespace husk::dockerfile
