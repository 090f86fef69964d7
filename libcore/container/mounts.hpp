#pragma once

#include "libcore/container/run_options.hpp"
#include "libcore/oci/image_config.hpp"
#include "libcore/runtime/container.hpp"
#include "libcore/store/containers.hpp"

#include <string>
#include <vector>

namespace husk::container {

/// What is mounted in a container that is about to be made.
struct NewMounts {
  std::vector<store::MountConfig> mounts;
  /// Volumes are not removed as long as these are open; afterwards the container's record keeps them.
  std::vector<Fd> holds;

  /// The container can't be made: lets go of them, and removes those without a name, which nobody else has.
  void forget(const store::Store& store);
};

/// What OPTIONS and the image's VOLUMEs ask for, no two of them on one path. Makes volumes that are not
/// there, by husk-volume where they are to get the files of the image; pulls and unpacks images to mount.
/// Throws Error.
NewMounts make_mounts(const store::Store& store, const RunOptions& options, const oci::Digest& image_id,
                      const oci::ImageConfig& image, userns::MapKind map);

/// Adds to SPEC what is mounted in a container. Makes directories of the host that are to be made.
void add_mounts(const store::Store& store, const store::ContainerConfig& config, runtime::Spec& spec);

/// Removes those of MOUNTS, of a container that is gone, which are volumes without a name. Says what it
/// can't.
void remove_anonymous_volumes(const store::Store& store, const std::vector<store::MountConfig>& mounts);

}  // namespace husk::container
