#pragma once

#include "libcore/build/run_options.hpp"
#include "libcore/dockerfile/instruction.hpp"
#include "libcore/runtime/container.hpp"

#include <string>
#include <vector>

namespace husk::build {

/// The devices that RUN --device asks for, each once: paths below /dev, and names of the Container Device
/// Interface. Throws SyntaxError for one that is not allowed.
std::vector<std::string> plan_run_devices(const dockerfile::Run& run, const Permissions& allowed);

/// Shows those that are there in the container. One that RUN requires and that is not there is an error at
/// its place: see require_devices().
void add_devices(runtime::Spec& spec, const std::vector<std::string>& devices);

/// Throws SyntaxError for a device that is required and not there.
void require_devices(const dockerfile::Run& run);

}  // namespace husk::build
