#pragma once

#include "libcore/store/containers.hpp"

#include <map>
#include <string>
#include <string_view>

namespace husk::container {

/// What one --mount, --volume or --tmpfs asks for: what is mounted, and what a volume is made like if it is
/// not there.
struct MountOption {
  store::MountConfig mount;  // a volume without a source has no name yet
  bool no_copy = false;      // an empty volume stays empty, whatever the image has there
  std::map<std::string, std::string> labels = {};
  std::string driver = {};
  std::map<std::string, std::string> driver_options = {};
};

// All throw Error with exit engine; the message is docker's where docker has one. Paths of the host are made
// absolute; they need not be there.

/// "type=bind|volume|tmpfs|image,source=…,target=…" as docker's --mount: comma-separated values with Go's
/// quoting, names in any case.
MountOption parse_mount(std::string_view text);

/// "CTR", "HOST:CTR[:OPTIONS]" or "NAME:CTR[:OPTIONS]" as docker's --volume. What has a "/" in it, or is "."
/// or "..", is a path of the host.
MountOption parse_volume(std::string_view text);

/// "CTR[:OPTIONS]" as docker's --tmpfs.
MountOption parse_tmpfs(std::string_view text);

/// Throws Error for what could be asked for, and can't be had here: other drivers of volumes, their options.
void check_mount(const MountOption& option);

}  // namespace husk::container
