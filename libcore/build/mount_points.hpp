#pragma once

#include "libcore/runtime/rootfs.hpp"

#include <string>
#include <vector>

namespace husk::build {

/// What the runtime makes in the root file system of every container to mount something on, and in a
/// directory of the image that is otherwise left as it is.
std::vector<std::string> mount_points(const std::vector<std::string>& volume_targets);

/// Takes out of the UPPER directory what a RUN did not put there: empty files and directories at POINTS
/// (absolute paths) that none of the LOWER directories has, and the directories on the way to them that are
/// as they were below. Runs as root of the image's user namespace, after the container is gone; follows no
/// link.
void remove_mount_points(int upper, const std::vector<int>& lower, const std::vector<std::string>& points);

}  // namespace husk::build
