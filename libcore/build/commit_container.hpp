#pragma once

#include "libcore/oci/reference.hpp"
#include "libcore/store/containers.hpp"
#include "libcore/store/images.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace husk::build {

struct CommitOptions {
  std::vector<std::string> changes;  // instructions of a Dockerfile that say something about the image
  std::string message, author;
  std::optional<oci::Reference> reference = {};  // nothing: an image without a name
  std::optional<std::int64_t> source_date = {};  // SOURCE_DATE_EPOCH: when the image was made
};

/// Makes an image of a container: its image with what it has written as one more layer, if it has, and with
/// its command, environment and other settings, then the changes. Throws Error, with exit usage for a change
/// that can't be.
store::Tag commit_container(const store::Lease& lease, const store::Container& container,
                            const CommitOptions& options);

/// The configuration of that image, without its layer and its history; IMAGE is that of the container's
/// image.
oci::ImageConfig merge_committed(oci::ImageConfig image, const store::ContainerConfig& container,
                                 const std::vector<std::string>& changes);

}  // namespace husk::build
