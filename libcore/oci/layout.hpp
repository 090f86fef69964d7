#pragma once

#include <string_view>

namespace husk::oci {

/// Checks the file "oci-layout" of an image layout: OCI image-spec, image-layout.md. Throws if the version is
/// one that we don't know.
void check_layout_marker(std::string_view text);

}  // namespace husk::oci
