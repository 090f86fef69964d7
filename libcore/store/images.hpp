#pragma once

#include "libcore/oci/image_config.hpp"
#include "libcore/oci/manifest.hpp"
#include "libcore/oci/reference.hpp"
#include "libcore/store/lease.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace husk::store {

/// One file below refs/: what a tag points to. An image without a tag has one in refs/none/<image id>, so
/// that it is not garbage.
struct Tag {
  std::optional<oci::Reference> reference;    // nothing: untagged
  oci::Descriptor manifest;                   // of the platform that was chosen
  oci::Digest image_id;                       // digest of the configuration
  std::optional<oci::Descriptor> index = {};  // what the registry calls the image, where that is an index
  std::optional<oci::Digest> previous = {};   // image id that the tag pointed to before
  std::string time = {};                      // RFC 3339, when it was set

  // Of the image, so that a list of images reads one file for each; set_tag() fills them in.
  std::string created = {};  // RFC 3339, as the configuration says
  std::uint64_t size = 0;    // bytes of file content in its layers
};

std::optional<Tag> find_tag(const Store& store, const oci::Reference& reference);

/// All tags, sorted by name, untagged images last.
std::vector<Tag> list_tags(const Store& store);

/// Points TAG.reference to an image, durably and at once; an image that loses its last tag by it becomes
/// untagged. The blobs of the image must be there.
void set_tag(const Lease& lease, Tag tag);

/// An image by what a user typed: a name, "sha256:<image id>", or the first digits of an id. A name wins.
/// Throws Error "no such image" (exit failure) or "ambiguous". Finds nothing over the network.
Tag find_image(const Store& store, std::string_view name_or_id);
std::optional<Tag> find_image_if_any(const Store& store, std::string_view name_or_id);

/// What TAG means on all platforms, as far as it is here: TAG itself, and the other images of its index. What
/// the index calls an image and is none is left out, as are attestations (attestations.hpp). An image that
/// is here because of the index alone is no garbage while the tag is there.
std::vector<Tag> list_variants(const Store& store, const Tag& tag);

oci::Manifest read_manifest(const Store& store, const Tag& tag);
oci::ImageConfig read_config(const Store& store, const oci::Digest& image_id);

/// Writes configuration and manifest of an image whose layers are in the store. A layer without a blob stands
/// in the manifest as an uncompressed tar, which write_layer_tar() can give at any time. Nothing points to
/// the image but what is returned, to be given a name and to set_tag(): until then it is garbage once the
/// lease is gone.
using Annotations = std::map<std::string, std::string>;
Tag write_documents(const Lease& lease, const oci::ImageConfig& config, const Annotations& annotations);

/// The same, and tags it.
Tag write_image(const Lease& lease, const oci::ImageConfig& config, std::optional<oci::Reference> reference);

struct Removal {
  std::vector<std::string> untagged;  // names
  std::vector<oci::Digest> deleted;   // image ids
};
/// husk-rmi: takes the tag away and, if it was the image's last one, the image. An image that a container
/// uses is refused unless FORCE. Bytes are freed by collect_garbage().
enum class Force : std::uint8_t { no, yes };
Removal remove_image(const Lease& lease, std::string_view name_or_id, Force force);

}  // namespace husk::store
