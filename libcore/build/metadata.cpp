#include "libcore/build/write_outputs.hpp"

#include <nlohmann/json.hpp>

namespace husk::build {

std::string print_metadata(const Result& result, const oci::Platform& platform) {
  using Json = nlohmann::ordered_json;
  const oci::Descriptor& root = result.root;
  Json of_platform = {{"architecture", platform.architecture}, {"os", platform.os}};
  if (!platform.variant.empty()) of_platform["variant"] = platform.variant;
  Json json;
  json["containerimage.config.digest"] = result.image.image_id.str();
  Json& descriptor = json["containerimage.descriptor"];
  descriptor = {{"mediaType", root.media_type}, {"digest", root.digest.str()}, {"size", root.size}};
  if (!root.annotations.empty()) descriptor["annotations"] = root.annotations;
  if (!oci::is_index_media_type(root.media_type)) descriptor["platform"] = of_platform;
  json["containerimage.digest"] = root.digest.str();
  std::string names;
  for (const oci::Reference& name : result.names) names += (names.empty() ? "" : ",") + name.str();
  if (!names.empty()) json["image.name"] = names;
  return json.dump(2) + "\n";
}

}  // namespace husk::build
