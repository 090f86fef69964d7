#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace husk::store {

/// The names of what is in the caller's store, for completion: nothing is said, whatever is wrong with it.

std::vector<std::string> image_names();

std::vector<std::string> volume_names();

enum class Running : std::uint8_t { yes, no, either };
std::vector<std::string> container_names(Running running);

}  // namespace husk::store
