#pragma once

#include <string_view>

namespace husk::oci {

/// OCI image-spec, image-layout.md.

/// The content of the file "oci-layout".
constexpr std::string_view layout_marker = R"({"imageLayoutVersion":"1.0.0"})";

/// The annotation of an entry of index.json with the image's name.
constexpr const char* layout_name = "org.opencontainers.image.ref.name";

/// Checks the file "oci-layout" of an image layout. Throws Error if the version is one that we don't know.
void check_layout_marker(std::string_view text);

}  // namespace husk::oci
