#pragma once

#include "libcore/oci/platform.hpp"
#include "libcore/oci/reference.hpp"

#include <string>

// Package URLs (purl-spec), as BuildKit's util/purl writes them.
namespace husk::build {

/// "pkg:docker/node@20?platform=linux%2Famd64"
std::string package_url(const oci::Reference& reference, const oci::Platform& platform);

/// Of an image in an image layout: NAME is its directory's.
std::string package_url_of_layout(const std::string& name, const oci::Platform& platform);

}  // namespace husk::build
