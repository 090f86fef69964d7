#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace husk::dockerfile {

enum class Match : std::uint8_t { shortest, longest };
enum class Which : std::uint8_t { first, all };

/// The patterns of ${v#p}, ${v%p} and ${v/p/r}: "*" is any text, "?" any character, "\" takes the meaning
/// from the next one. Throws Error for another escape. Time is linear in VALUE for each piece between two
/// "*".
std::string remove_prefix(std::string_view value, std::string_view pattern, Match match);
std::string remove_suffix(std::string_view value, std::string_view pattern, Match match);
std::string replace(std::string_view value, std::string_view pattern, std::string_view replacement,
                    Which which);

}  // namespace husk::dockerfile
