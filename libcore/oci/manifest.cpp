#include "libcore/oci/manifest.hpp"

#include "libcore/base/error.hpp"
#include "libcore/oci/descriptor_json.hpp"

#include <algorithm>
#include <array>

namespace husk::oci {
namespace {

// Nothing in front of the parameters tells what the document is: the server did not look into it.
bool says_nothing(std::string_view media_type) {
  constexpr std::array<std::string_view, 4> generic = {"", "application/json", "application/octet-stream",
                                                       "text/plain"};
  return std::ranges::find(generic, media_type) != generic.end();
}

// "application/json; charset=utf-8" is application/json.
std::string without_parameters(const std::string& media_type) {
  std::string bare = media_type.substr(0, media_type.find(';'));
  while (bare.ends_with(' ')) bare.pop_back();
  return bare;
}

void check_size(const Verified& document, const char* what) {
  if (document.bytes().size() > max_manifest_size) {
    throw Error(cat(what, " is larger than ", max_manifest_size, " bytes"));
  }
}

void check_schema_version(const JsonObject& top) {
  const std::uint64_t version = top.size("schemaVersion");
  if (version == 1) {
    Error error("the image has a schema 1 manifest, which is not supported");
    error.set_hint("push the image again with a tool from after 2017");
    throw error;
  }
  if (version != 2) throw Error(cat("schemaVersion ", version, " is not known"));
}

// One document, one meaning (GHSA-xmmx-7jpf-fx42): what it says itself, what it was announced as and what it
// has in it must be the same.
std::string check_media_type(const JsonObject& top, const Verified& document, const char* if_unknown) {
  const std::string announced = without_parameters(document.descriptor().media_type);
  std::string own = top.text_or_empty("mediaType");
  if (!own.empty() && !says_nothing(announced) && own != announced) {
    throw Error(cat("ambiguous manifest: it is announced as ", quote(announced), " and says that it is ",
                    quote(own)));
  }
  if (!own.empty()) return own;
  return says_nothing(announced) ? if_unknown : announced;
}

void refuse_members(const JsonObject& top, const std::vector<const char*>& members, const char* what) {
  for (const char* const member : members) {
    if (top.find(member) != nullptr) throw Error(cat("ambiguous manifest: ", what, " with ", quote(member)));
  }
}

void check_common(const JsonObject& top) {
  top.refuse_misspelt({"schemaVersion", "mediaType", "config", "layers", "manifests", "annotations",
                       "subject", "artifactType", "fsLayers"});
  check_schema_version(top);
  if (const auto subject = top.find_object("subject")) (void)parse_descriptor(*subject);
  (void)top.text_or_empty("artifactType");
}

}  // namespace

bool is_index_media_type(const std::string& media_type) {
  const std::string bare = without_parameters(media_type);
  return bare == media_type::index || bare == media_type::docker_index;
}

bool is_manifest_media_type(const std::string& media_type) {
  const std::string bare = without_parameters(media_type);
  return bare == media_type::manifest || bare == media_type::docker_manifest;
}

Manifest parse_manifest(const Verified& document) {
  check_size(document, "the manifest");
  const nlohmann::json json = parse_json(document.bytes(), "the manifest");
  const JsonObject top(json, "");
  check_common(top);
  refuse_members(top, {"manifests", "fsLayers"}, "an image manifest");

  const JsonObject config = top.object("config");
  const bool of_docker = config.text_or_empty("mediaType") == media_type::docker_config;
  Manifest manifest{
      .media_type =
          check_media_type(top, document, of_docker ? media_type::docker_manifest : media_type::manifest),
      .config = parse_descriptor(config),
      .layers = {},
      .annotations = top.text_map("annotations"),
  };
  if (!is_manifest_media_type(manifest.media_type)) {
    throw Error(cat("not an image manifest but ", quote(manifest.media_type)));
  }
  const auto layers = top.objects("layers");
  if (layers.size() > max_layers) throw Error(cat("the image has more than ", max_layers, " layers"));
  for (const JsonObject& layer : layers) manifest.layers.push_back(parse_descriptor(layer));
  return manifest;
}

Index parse_index(const Verified& document) {
  check_size(document, "the image index");
  const nlohmann::json json = parse_json(document.bytes(), "the image index");
  const JsonObject top(json, "");
  check_common(top);
  refuse_members(top, {"config", "layers", "fsLayers"}, "an image index");
  Index index{.media_type = check_media_type(top, document, media_type::index),
              .manifests = {},
              .annotations = top.text_map("annotations")};
  if (!is_index_media_type(index.media_type)) {
    throw Error(cat("not an image index but ", quote(index.media_type)));
  }
  if (top.find("manifests") == nullptr) top.fail("manifests", "is missing");
  const auto entries = top.objects("manifests");
  if (entries.size() > max_index_entries) {
    throw Error(cat("the image index has more than ", max_index_entries, " entries"));
  }
  for (const JsonObject& entry : entries) index.manifests.push_back(parse_descriptor(entry));
  return index;
}

std::string print_manifest(const Manifest& manifest) {
  Json json = {{"schemaVersion", 2}, {"mediaType", manifest.media_type}};
  json["config"] = print_descriptor(manifest.config);
  json["layers"] = Json::array();
  for (const Descriptor& layer : manifest.layers) json["layers"].push_back(print_descriptor(layer));
  if (!manifest.annotations.empty()) json["annotations"] = manifest.annotations;
  return json.dump();
}

std::string print_index(const Index& index) {
  Json json = {{"schemaVersion", 2}, {"mediaType", index.media_type}};
  json["manifests"] = Json::array();
  for (const Descriptor& entry : index.manifests) json["manifests"].push_back(print_descriptor(entry));
  if (!index.annotations.empty()) json["annotations"] = index.annotations;
  return json.dump();
}

}  // namespace husk::oci
