#pragma once

#include "libcore/oci/descriptor.hpp"
#include "libcore/oci/json.hpp"

// Descriptors in the documents that have them. For oci/*.cpp and the state files of the store, as json.hpp.
namespace husk::oci {

Digest parse_digest_member(const JsonObject& object, const char* name);

/// Checks all that OCI image-spec, descriptor.md, says, also of members that are not kept.
Descriptor parse_descriptor(const JsonObject& object);
Json print_descriptor(const Descriptor& descriptor);

Platform parse_platform_object(const JsonObject& object);

}  // namespace husk::oci
