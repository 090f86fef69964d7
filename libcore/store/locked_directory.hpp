#pragma once

#include "libcore/base/lock.hpp"
#include "libcore/store/store.hpp"

#include <functional>
#include <optional>
#include <string>

namespace husk::store {

/// Directories of the store that several processes use at once, and that another one may remove: who uses one
/// holds the lock of its file "lock".

enum class Busy : std::uint8_t { wait, give_up };

/// The locked file of the directory PATH below the store, which is still there; nothing if it is not there,
/// or in use and not to be waited for. WAIT is called again and again while another process has the lock: it
/// should sleep for a moment, and what it throws ends the waiting.
std::optional<Fd> lock_directory(const Store& store, const std::string& path, LockKind kind, Busy busy,
                                 const std::function<void()>& wait);

/// Moves PATH below the store to trash/; returns its name there.
std::string move_to_trash(const Store& store, const std::string& path);
void remove_from_trash(const Store& store, const std::string& trashed);

}  // namespace husk::store
