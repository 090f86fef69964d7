#pragma once

#include "libcore/build/session.hpp"

#include <functional>

namespace husk::build {

/// Calls READ with the reading end of a pipe that the tar of a layer in the store comes through. What went
/// wrong with writing it is the reason for what goes wrong with reading it, and so it is what is thrown.
void read_layer(const Session& session, const oci::Digest& diff_id, const std::function<void(int tar)>& read);

}  // namespace husk::build
