#pragma once

#include "libcore/store/store.hpp"

#include <cstdint>
#include <string>

namespace husk::container {

enum class Force : std::uint8_t { no, yes };

/// Removes a container by name or id. One that runs is killed first with FORCE, and an error without.
void remove(const store::Store& store, const std::string& name_or_id, Force force);

}  // namespace husk::container
