#include "libcore/transfer/put_image.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/sys.hpp"
#include "libcore/store/blobs.hpp"
#include "libcore/transfer/push_plan.hpp"
#include "libcore/transfer/put_attestation.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace husk::transfer {
namespace {

/// With BLOBS as its layers, in the store: the bytes that it has already, where they say the same.
oci::Verified pushed_document(const store::Lease& lease, const store::Tag& image, const oci::Manifest& old,
                              const std::vector<oci::Descriptor>& blobs) {
  const oci::Manifest manifest = pushed_manifest(old, blobs);
  if (manifest.layers == old.layers) return store::read_document(lease.store(), image.manifest);
  const std::string text = oci::print_manifest(manifest);
  oci::Descriptor written = store::write_blob(lease, text, manifest.media_type);
  written.annotations = image.manifest.annotations;
  return oci::Verified::from_store(text, std::move(written));
}

oci::Verified put_content(ImageSink& sink, const store::Lease& lease, const store::Tag& image,
                          archive::Compression compression) {
  const store::Store& store = lease.store();
  const oci::Manifest manifest = store::read_manifest(store, image);
  const auto blobs =
      sink.put_layers(plan_push(store, manifest, store::read_config(store, image.image_id), compression));
  sys::reached("push.layers_sent");
  sink.put_blob(manifest.config);
  oci::Verified document = pushed_document(lease, image, manifest, blobs);
  sys::reached("push.manifest_written");
  return document;
}

using Renamed = std::map<oci::Digest, oci::Digest>;

bool renames(const Renamed& renamed) {
  return std::ranges::any_of(renamed, [](const auto& each) { return each.first != each.second; });
}

// What is said about a manifest is of use only with the digest that the manifest got.
void rename(std::map<std::string, std::string>& annotations, const Renamed& renamed) {
  for (auto& [name, value] : annotations) {
    const auto old = oci::Digest::parse(value);
    const auto found = old ? renamed.find(*old) : renamed.end();
    if (found != renamed.end()) value = found->second.str();
  }
}

void put_attestations(ImageSink& sink, const store::Lease& lease, const store::Tag& image, oci::Index& index,
                      const Renamed& renamed) {
  for (const store::Attestation& attestation : store::list_attestations(lease.store(), image)) {
    const oci::Descriptor entry = put_attestation(sink, lease, attestation, renamed);
    for (oci::Descriptor& each : index.manifests) {
      if (each.digest != attestation.entry.digest) continue;
      each.digest = entry.digest;
      each.size = entry.size;
    }
  }
}

PutImage put_index(ImageSink& sink, const store::Lease& lease, const store::Tag& image, oci::Index index,
                   archive::Compression compression) {
  PutImage put{image, store::read_document(lease.store(), *image.index)};
  Renamed renamed;
  for (oci::Descriptor& entry : index.manifests) {
    if (oci::is_attestation(entry)) continue;
    store::Tag one = image;
    one.manifest = {.media_type = entry.media_type, .digest = entry.digest, .size = entry.size};
    one.image_id = store::read_manifest(lease.store(), one).config.digest;
    const oci::Verified document = put_content(sink, lease, one, compression);
    sink.put_document(document);
    const oci::Descriptor& got = document.descriptor();
    renamed.emplace(entry.digest, got.digest);
    if (one.image_id == image.image_id) put.image.manifest = got;
    entry.media_type = got.media_type;
    entry.digest = got.digest;
    entry.size = got.size;
  }
  put_attestations(sink, lease, image, index, renamed);
  if (!renames(renamed)) return put;
  for (oci::Descriptor& entry : index.manifests) rename(entry.annotations, renamed);
  const std::string text = oci::print_index(index);
  oci::Descriptor written = store::write_blob(lease, text, index.media_type);
  written.annotations = image.index->annotations;
  put.image.index = written;
  put.root = oci::Verified::from_store(text, std::move(written));
  return put;
}

}  // namespace

std::optional<oci::Index> find_whole_index(const store::Store& store, const store::Tag& image) {
  if (!image.index || !store::find_blob(store, image.index->digest)) return std::nullopt;
  oci::Index index = oci::parse_index(store::read_document(store, *image.index));
  std::set<oci::Digest> here;
  for (const store::Tag& variant : store::list_variants(store, image)) here.insert(variant.manifest.digest);
  for (const store::Attestation& each : store::list_attestations(store, image)) {
    if (!each.missing) here.insert(each.entry.digest);
  }
  const bool whole = std::ranges::all_of(
      index.manifests, [&](const oci::Descriptor& entry) { return here.contains(entry.digest); });
  return whole ? std::optional(std::move(index)) : std::nullopt;
}

std::vector<LayerPush::Job> plan_layers_of(const store::Store& store, const store::Tag& image,
                                           archive::Compression compression) {
  std::vector<LayerPush::Job> jobs;
  for (const store::Tag& each : store::list_variants(store, image)) {
    auto more = plan_push(store, store::read_manifest(store, each), store::read_config(store, each.image_id),
                          compression);
    std::ranges::move(more, std::back_inserter(jobs));
  }
  return jobs;
}

PutImage put_image(ImageSink& sink, const store::Lease& lease, const store::Tag& image,
                   archive::Compression compression) {
  if (auto index = find_whole_index(lease.store(), image))
    return put_index(sink, lease, image, std::move(*index), compression);
  PutImage put{image, put_content(sink, lease, image, compression)};
  if (put.root.descriptor().digest != image.manifest.digest) put.image.index.reset();  // it names another one
  put.image.manifest = put.root.descriptor();
  return put;
}

void keep_pushed(const store::Lease& lease, const store::Tag& old, const store::Tag& put) {
  if (put.manifest.digest == old.manifest.digest && put.index == old.index) return;
  for (store::Tag tag : store::list_tags(lease.store())) {
    // Another index is another build's: what it says about the manifest is about the one that it names.
    if (tag.image_id != old.image_id || tag.manifest.digest != old.manifest.digest || tag.index != old.index)
      continue;
    tag.manifest = put.manifest;
    tag.index = put.index;
    store::set_tag(lease, tag);
  }
  sys::reached("push.tags_set");
}

}  // namespace husk::transfer
