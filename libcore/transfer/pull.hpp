#pragma once

#include "libcore/registry/client.hpp"
#include "libcore/store/images.hpp"
#include "libcore/transfer/image_source.hpp"
#include "libcore/transfer/progress.hpp"
#include "libcore/userns/id_map.hpp"

#include <optional>

namespace husk::transfer {

struct PullOptions {
  oci::Platform platform;
  userns::IdMap map;  // for which the layers are unpacked
  registry::Security security = registry::Security::strict;
  std::optional<registry::Credentials> credentials = {};
  std::optional<std::filesystem::path> authfile = {};
  bool untagged = false;  // the name stays that of another image, or of none
  Progress progress = {};
};

/// Brings an image into the store, unpacked and tagged with its name; from the first of the registry's
/// mirrors that has it. What is there already is not asked for. Killed at any point it leaves nothing half
/// done, and blobs and layers that were complete are used by the next one. The calling process has one
/// thread.
store::Tag pull(const store::Lease& lease, const oci::Reference& reference, const PullOptions& options);

/// The same from an image layout; NAME is the tag that it gets.
store::Tag pull_layout(const store::Lease& lease, const LayoutName& layout,
                       const std::optional<oci::Reference>& name, const PullOptions& options);

}  // namespace husk::transfer
