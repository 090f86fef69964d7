#include "libcore/build/image_documents.hpp"

#include "libcore/base/sys.hpp"
#include "libcore/build/provenance.hpp"
#include "libcore/oci/build_cache.hpp"
#include "libcore/oci/manifest.hpp"
#include "libcore/store/attestations.hpp"
#include "libcore/store/blobs.hpp"

#include <algorithm>

namespace husk::build {
namespace {

using Level = Annotation::Level;

store::Tag write_one(const Session& session, const PlatformImage& image) {
  const Options& options = session.options;
  store::Annotations annotations = select_annotations(options.annotations, Level::manifest, image.platform);
  const auto& targets = options.cache_to;
  if (std::any_of(targets.begin(), targets.end(), [](const CacheTarget& each) { return !each.place; })) {
    annotations[oci::build_cache_annotation] = inline_cache(session, image.steps, image.config.diff_ids);
  }
  store::Tag tag = store::write_documents(session.lease, image.config, annotations);
  tag.manifest.annotations =
      select_annotations(options.annotations, Level::manifest_descriptor, image.platform);
  return tag;
}

// A statement about the manifest, which is the one that lies in the store: what is sent elsewhere may have
// another one, and put_attestation() sees to that.
oci::Descriptor write_provenance(const Session& session, const PlatformImage& image,
                                 const std::vector<oci::Reference>& names, const oci::Digest& manifest) {
  const oci::Statement statement = make_statement(*session.options.provenance, *image.provenance,
                                                  subjects_of(names, image.platform, manifest));
  const oci::Descriptor blob =
      store::write_blob(session.lease, oci::print_statement(statement, oci::JsonLayout::compact),
                        oci::media_type::statement);
  return store::write_attestation(session.lease, manifest,
                                  {oci::statement_layer(blob, statement.predicate_type)});
}

}  // namespace

store::Tag write_documents(const Session& session, const std::vector<PlatformImage>& images,
                           const std::vector<oci::Reference>& names) {
  sys::reached("build.write_image");
  const oci::Platform host = oci::host_platform();
  const auto& annotations = session.options.annotations;
  oci::Index index{.media_type = oci::media_type::index,
                   .manifests = {},
                   .annotations = select_annotations(annotations, Level::index)};
  std::vector<oci::Descriptor> attestations;  // after all images
  std::optional<store::Tag> chosen;
  for (const PlatformImage& image : images) {
    store::Tag tag = write_one(session, image);
    index.manifests.push_back(tag.manifest);
    index.manifests.back().platform = image.platform;
    if (image.provenance)
      attestations.push_back(write_provenance(session, image, names, tag.manifest.digest));
    if (!chosen || image.platform == host) chosen = std::move(tag);
  }
  index.manifests.insert(index.manifests.end(), attestations.begin(), attestations.end());
  if (index.manifests.size() > 1) {
    chosen->index = store::write_blob(session.lease, oci::print_index(index), index.media_type);
    chosen->index->annotations = select_annotations(annotations, Level::index_descriptor);
  }
  return *chosen;
}

}  // namespace husk::build
