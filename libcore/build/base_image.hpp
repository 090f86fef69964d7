#pragma once

#include "libcore/build/session.hpp"
#include "libcore/oci/image_config.hpp"
#include "libcore/store/images.hpp"

#include <map>
#include <string>

namespace husk::build {

struct BaseImage {
  oci::Digest id;
  oci::ImageConfig config;
};

/// The images that a build starts from and copies from. A name means one image for the whole build; one that
/// is not in the store is pulled by executing husk-pull.
class BaseImages {
 public:
  explicit BaseImages(const Session& session) : session_(&session) {}
  const BaseImage& get(const std::string& name);

 private:
  const Session* session_;
  std::map<std::string, BaseImage> images_;
};

}  // namespace husk::build
