#pragma once

#include "libcore/store/store.hpp"

#include <cstdint>
#include <string>

namespace husk::container {

enum class Force : std::uint8_t { no, yes };

/// keep: volumes without a name stay, too, until husk-volume removes them.
enum class Volumes : std::uint8_t { keep, remove };

/// Removes a container by name or id. One that runs is killed first with FORCE, and an error without.
void remove(const store::Store& store, const std::string& name_or_id, Force force, Volumes volumes);

}  // namespace husk::container
