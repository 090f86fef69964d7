#pragma once

#include "libcore/oci/reference.hpp"
#include "libcore/transfer/image_source.hpp"

#include <optional>
#include <string>

namespace husk::transfer {

/// Where a build cache is: at a registry, or else in an image layout.
struct CachePlace {
  std::optional<oci::Reference> reference = {};
  LayoutName layout = {};
  bool insecure = false;  // the registry: also http and unknown certificates

  /// For messages.
  std::string str() const { return reference ? reference->familiar() : layout.directory.string(); }
  registry::Security security() const {
    return insecure ? registry::Security::insecure : registry::Security::strict;
  }
};

}  // namespace husk::transfer
