#pragma once

#include "libcore/store/store.hpp"

#include <optional>

namespace husk::store {

/// The lock between those who write to the store and garbage collection: writers share it. It is held as long
/// as the descriptor is open.
Fd share_gc_lock(const Store& store);

/// Nothing if somebody writes.
std::optional<Fd> try_gc_lock(const Store& store);

/// One process at a time reads and replaces files below refs/. Held for a few system calls only; order:
/// lease, gc, refs.
Fd lock_refs(const Store& store);

}  // namespace husk::store
