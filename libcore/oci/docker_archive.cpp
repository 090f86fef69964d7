#include "libcore/oci/docker_archive.hpp"

#include "libcore/base/text.hpp"
#include "libcore/oci/json.hpp"

namespace husk::oci {
namespace {

std::string path_of(const Descriptor& blob) { return cat("blobs/sha256/", blob.digest.hex()); }

}  // namespace

std::string print_docker_archive(const std::vector<ArchivedImage>& images) {
  Json all = Json::array();
  for (const ArchivedImage& image : images) {
    Json entry = {{"Config", path_of(image.manifest.config)}};
    entry["RepoTags"] = image.names;
    entry["Layers"] = Json::array();
    for (const Descriptor& layer : image.manifest.layers) entry["Layers"].push_back(path_of(layer));
    all.push_back(std::move(entry));
  }
  return all.dump();
}

}  // namespace husk::oci
