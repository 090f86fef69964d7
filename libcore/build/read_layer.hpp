#pragma once

#include "libcore/build/session.hpp"

#include <functional>

namespace husk::build {

/// Calls READ with the reading end of a pipe that WRITE, in a child process, writes to. What went wrong with
/// writing is the reason for what goes wrong with reading, and so it is what is thrown.
void through_pipe(const std::function<void(int out)>& write, const std::function<void(int in)>& read);

/// The same with the tar of a layer in the store.
void read_layer(const Session& session, const oci::Digest& diff_id, const std::function<void(int tar)>& read);

}  // namespace husk::build
