#pragma once

#include "libcore/oci/image_config.hpp"
#include "libcore/store/images.hpp"

#include <functional>
#include <map>
#include <string>

namespace husk::build {

struct BaseImage {
  oci::Digest id;
  oci::ImageConfig config;
};

/// The images that a build starts from and copies from, by image_key(). A name means one image for the whole
/// build.
class BaseImages {
 public:
  explicit BaseImages(const store::Store& store) : store_(&store) {}

  /// Gets an image that is not in the store, and returns its id.
  using Fetch = std::function<oci::Digest(const std::string& name)>;
  void set_fetch(Fetch fetch) { fetch_ = std::move(fetch); }

  /// Null if it is not in the store.
  const BaseImage* find(const std::string& name);
  /// Fetches it if need be.
  const BaseImage& get(const std::string& name);
  /// What the registry calls the image: its index, if it has one, else its manifest. Fetches nothing.
  std::optional<oci::Digest> find_root(const std::string& name);
  /// NAME means the image ID.
  const BaseImage& add(const std::string& name, const oci::Digest& id);

 private:
  const store::Store* store_;
  Fetch fetch_;
  std::map<std::string, BaseImage> images_;
};

}  // namespace husk::build
