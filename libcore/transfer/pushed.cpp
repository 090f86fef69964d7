#include "libcore/transfer/pushed.hpp"

#include "libcore/base/sys.hpp"
#include "libcore/store/blobs.hpp"
#include "libcore/transfer/push_plan.hpp"

namespace husk::transfer {

oci::Verified pushed_document(const store::Lease& lease, const store::Tag& image, const oci::Manifest& old,
                              const std::vector<oci::Descriptor>& blobs) {
  const oci::Manifest manifest = pushed_manifest(old, blobs);
  if (manifest.layers == old.layers) return store::read_document(lease.store(), image.manifest);
  const std::string text = oci::print_manifest(manifest);
  return oci::Verified::from_store(text, store::write_blob(lease, text, manifest.media_type));
}

void keep_pushed(const store::Lease& lease, const store::Tag& image, const oci::Descriptor& manifest) {
  if (manifest.digest == image.manifest.digest) return;
  for (store::Tag tag : store::list_tags(lease.store())) {
    if (tag.image_id != image.image_id || tag.manifest.digest != image.manifest.digest) continue;
    tag.manifest = manifest;
    tag.index.reset();
    store::set_tag(lease, tag);
  }
  sys::reached("push.tags_set");
}

}  // namespace husk::transfer
