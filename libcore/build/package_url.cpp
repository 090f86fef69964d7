#include "libcore/build/package_url.hpp"

#include "libcore/base/text.hpp"
#include "libcore/registry/url.hpp"

namespace husk::build {

std::string package_url(const oci::Reference& reference, const oci::Platform& platform) {
  // The grammar of names and tags has nothing that would have to be encoded.
  return cat("pkg:docker/", reference.familiar_name(), reference.tag.empty() ? "" : "@", reference.tag, "?",
             reference.digest ? cat("digest=", reference.digest->str(), "&") : "",
             "platform=", registry::encode_query(platform.str()));
}

std::string package_url_of_layout(const std::string& name, const oci::Platform& platform) {
  return cat("pkg:oci/", registry::encode_query(name), "?platform=", registry::encode_query(platform.str()));
}

}  // namespace husk::build
