#pragma once

#include "libcore/store/images.hpp"
#include "libcore/transfer/layer_push.hpp"

#include <map>
#include <string>
#include <vector>

// What a push is going to do. Nothing here changes anything.
namespace husk::transfer {

/// One job a layer, lowest first: from the blob that the manifest names or another one of the same layer, if
/// it is in the store; else by packing.
std::vector<LayerPush::Job> plan_push(const store::Store& store, const oci::Manifest& manifest,
                                      const oci::ImageConfig& config, archive::Compression compression);

/// Other repositories of that registry from which images with some of these layers came: there they can be
/// mounted from.
std::vector<std::string> find_mount_sources(const store::Store& store, const oci::Reference& destination,
                                            const std::vector<LayerPush::Job>& jobs);

/// The manifest to push: OLD itself where the layers are the ones that it names; else an OCI manifest with
/// BLOBS.
oci::Manifest pushed_manifest(const oci::Manifest& old, const std::vector<oci::Descriptor>& blobs);

/// The media type that a layer of docker's has in an OCI manifest; another stays as it is.
std::string oci_layer_type(const std::string& media_type);

}  // namespace husk::transfer
