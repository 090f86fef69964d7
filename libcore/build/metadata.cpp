#include "libcore/build/write_outputs.hpp"

#include <nlohmann/json.hpp>

namespace husk::build {

std::string print_metadata(const Result& result, const oci::Platform& platform) {
  using Json = nlohmann::ordered_json;
  const oci::Descriptor& manifest = result.image.manifest;
  Json of_platform = {{"architecture", platform.architecture}, {"os", platform.os}};
  if (!platform.variant.empty()) of_platform["variant"] = platform.variant;
  Json json;
  json["containerimage.config.digest"] = result.image.image_id.str();
  json["containerimage.descriptor"] = {{"mediaType", manifest.media_type},
                                       {"digest", manifest.digest.str()},
                                       {"size", manifest.size},
                                       {"platform", of_platform}};
  json["containerimage.digest"] = manifest.digest.str();
  std::string names;
  for (const oci::Reference& name : result.names) names += (names.empty() ? "" : ",") + name.str();
  if (!names.empty()) json["image.name"] = names;
  return json.dump(2) + "\n";
}

}  // namespace husk::build
