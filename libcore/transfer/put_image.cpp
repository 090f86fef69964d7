#include "libcore/transfer/put_image.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/sys.hpp"
#include "libcore/store/blobs.hpp"
#include "libcore/transfer/push_plan.hpp"

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

// What an attestation says of a manifest is of use only with the digest that the manifest got.
void rename(std::map<std::string, std::string>& annotations,
            const std::map<std::string, std::string>& renamed) {
  for (auto& [name, value] : annotations) {
    if (const auto found = renamed.find(value); found != renamed.end()) value = found->second;
  }
}

PutImage put_index(ImageSink& sink, const store::Lease& lease, const store::Tag& image, oci::Index index,
                   archive::Compression compression) {
  PutImage put{image, store::read_document(lease.store(), *image.index)};
  std::map<std::string, std::string> renamed;  // digests
  for (oci::Descriptor& entry : index.manifests) {
    store::Tag one = image;
    one.manifest = {.media_type = entry.media_type, .digest = entry.digest, .size = entry.size};
    one.image_id = store::read_manifest(lease.store(), one).config.digest;
    const oci::Verified document = put_content(sink, lease, one, compression);
    sink.put_document(document);
    const oci::Descriptor& got = document.descriptor();
    renamed.emplace(entry.digest.str(), got.digest.str());
    if (one.image_id == image.image_id) put.image.manifest = got;
    entry.media_type = got.media_type;
    entry.digest = got.digest;
    entry.size = got.size;
  }
  const bool same = std::ranges::all_of(renamed, [](const auto& each) { return each.first == each.second; });
  if (same) return put;
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
    if (tag.image_id != old.image_id || tag.manifest.digest != old.manifest.digest) continue;
    tag.manifest = put.manifest;
    tag.index = put.index;
    store::set_tag(lease, tag);
  }
  sys::reached("push.tags_set");
}

}  // namespace husk::transfer
