#pragma once

#include "libcore/store/lease.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace husk::store {

/// Small files of the store that are replaced as a whole.

/// The content of a file below the store's directory; nothing if it is not there.
std::optional<std::string> find_state_file(const Store& store, const std::string& path, std::size_t limit);

/// Makes NAME in the directory, which must not have it; readers see it while it is written.
void write_new_file(int directory, const std::string& name, const std::string& content);

/// lazy: after a power failure the file may be old, empty or not there; durable: never.
enum class Durability : std::uint8_t { lazy, durable };

/// Writes DIRECTORY/NAME so that every reader sees the old or the new content. The directory is made if need
/// be.
void write_state_file(const Lease& lease, const std::string& directory, const std::string& name,
                      const std::string& content, Durability durability);

}  // namespace husk::store
