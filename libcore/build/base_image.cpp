#include "libcore/build/base_image.hpp"

#include "libcore/base/error.hpp"
#include "libcore/build/image_key.hpp"
#include "libcore/oci/manifest.hpp"

#include <algorithm>

namespace husk::build {
namespace {

// Another one of the images that the name means at the registry may be here, too.
std::optional<oci::Digest> find_id(const store::Store& store, const ImageKey& key) {
  const auto tag = store::find_image_if_any(store, key.name);
  if (!tag) return std::nullopt;
  if (!key.platform) return tag->image_id;
  for (const store::Tag& each : store::list_variants(store, *tag)) {
    if (oci::is_for(store::read_config(store, each.image_id).platform, *key.platform)) return each.image_id;
  }
  return std::nullopt;
}

// One of the images that TAG means has the ID.
bool means(const store::Store& store, const store::Tag& tag, const oci::Digest& id) {
  const auto variants = store::list_variants(store, tag);
  return std::any_of(variants.begin(), variants.end(),
                     [&](const store::Tag& each) { return each.image_id == id; });
}

}  // namespace

const BaseImage& BaseImages::add(const std::string& name, const oci::Digest& id) {
  BaseImage image{id, store::read_config(*store_, id)};
  const auto wanted = parse_image_key(name).platform;
  if (wanted && !oci::is_for(image.config.platform, *wanted))
    throw Error(cat("the image is for ", escape(image.config.platform.str()), ", not for ", wanted->str()));
  return images_.insert_or_assign(name, std::move(image)).first->second;
}

const BaseImage* BaseImages::find(const std::string& name) {
  if (const auto found = images_.find(name); found != images_.end()) return &found->second;
  const auto id = find_id(*store_, parse_image_key(name));
  return id ? &add(name, *id) : nullptr;
}

// The name may mean another image by now, and one that was pulled for a foreign platform never had it.
std::optional<oci::Digest> BaseImages::find_root(const std::string& name) {
  const BaseImage* const image = find(name);
  if (image == nullptr) return std::nullopt;
  auto tag = store::find_image_if_any(*store_, parse_image_key(name).name);
  if (!tag || !means(*store_, *tag, image->id)) tag = store::find_image_if_any(*store_, image->id.str());
  if (!tag) return std::nullopt;
  return tag->index ? tag->index->digest : tag->manifest.digest;
}

const BaseImage& BaseImages::get(const std::string& name) {
  if (const BaseImage* const found = find(name)) return *found;
  return add(name, fetch_(name));
}

}  // namespace husk::build
