#include "libcore/build/base_image.hpp"

namespace husk::build {

const BaseImage& BaseImages::add(const std::string& name, const oci::Digest& id) {
  return images_.insert_or_assign(name, BaseImage{id, store::read_config(*store_, id)}).first->second;
}

const BaseImage* BaseImages::find(const std::string& name) {
  if (const auto found = images_.find(name); found != images_.end()) return &found->second;
  const auto tag = store::find_image_if_any(*store_, name);
  return tag ? &add(name, tag->image_id) : nullptr;
}

const BaseImage& BaseImages::get(const std::string& name) {
  if (const BaseImage* const found = find(name)) return *found;
  return add(name, fetch_(name));
}

}  // namespace husk::build
