#include "libcore/oci/provenance.hpp"

#include "libcore/base/text.hpp"
#include "libcore/oci/json.hpp"

namespace husk::oci {
namespace {

constexpr const char* frontend = "dockerfile.v0";
constexpr const char* build_type_v1 =
    "https://github.com/moby/buildkit/blob/master/docs/attestations/slsa-definitions.md";
constexpr const char* build_type_v0_2 = "https://mobyproject.org/buildkit@v1";

Json print_material(const Material& material) {
  Json json = {{"uri", material.uri}};
  if (!material.digest.empty()) json["digest"] = {{material.algorithm, material.digest}};
  return json;
}

Json print_materials(const Provenance& provenance) {
  Json json = Json::array();
  for (const Material& material : provenance.materials) json.push_back(print_material(material));
  return json;
}

// PATH is the name that the member with the Dockerfile's path has.
Json print_source(const Provenance& provenance, const char* path) {
  Json json = provenance.source ? print_material(*provenance.source) : Json::object();
  json[path] = provenance.entry_point;
  return json;
}

Json print_uses(const std::vector<Provenance::Use>& uses) {
  Json json = Json::array();
  for (const auto& [id, optional] : uses) {
    Json use = {{"id", id}};
    if (optional) use["optional"] = true;
    json.push_back(std::move(use));
  }
  return json;
}

Json print_request(const Provenance& provenance) {
  Json json = {{"frontend", frontend}};
  json["args"] = Json::object();
  for (const auto& [name, value] : provenance.arguments) json["args"][name] = value;
  if (!provenance.secrets.empty()) json["secrets"] = print_uses(provenance.secrets);
  if (!provenance.agents.empty()) json["ssh"] = print_uses(provenance.agents);
  json["locals"] = Json::array();
  for (const std::string& name : provenance.locals) json["locals"].push_back({{"name", name}});
  return json;
}

Json print_extension(const Provenance& provenance) {
  Json json = Json::object();
  if (const auto& file = provenance.dockerfile) {
    const Json info = {{"filename", file->name}, {"language", "Dockerfile"}, {"data", file->base64}};
    json["source"] = {{"infos", Json::array({info})}};
  }
  return json;
}

Json print_v1(const Provenance& provenance) {
  Json metadata = Json::object();
  if (!provenance.invocation_id.empty()) metadata["invocationId"] = provenance.invocation_id;
  metadata["startedOn"] = provenance.started;
  metadata["finishedOn"] = provenance.finished;
  metadata["buildkit_metadata"] = print_extension(provenance);
  metadata["buildkit_hermetic"] = provenance.hermetic;
  metadata["buildkit_completeness"] = {{"request", provenance.all_arguments},
                                       {"resolvedDependencies", provenance.all_materials}};
  metadata["buildkit_reproducible"] = provenance.reproducible;
  return {{"buildDefinition",
           {{"buildType", build_type_v1},
            {"externalParameters",
             {{"configSource", print_source(provenance, "path")}, {"request", print_request(provenance)}}},
            {"internalParameters", {{"builderPlatform", provenance.builder_platform.str()}}},
            {"resolvedDependencies", print_materials(provenance)}}},
          {"runDetails", {{"builder", {{"id", provenance.builder}}}, {"metadata", std::move(metadata)}}}};
}

Json print_v0_2(const Provenance& provenance) {
  const std::string extension = cat(build_type_v0_2, "#");
  Json metadata = Json::object();
  if (!provenance.invocation_id.empty()) metadata["buildInvocationID"] = provenance.invocation_id;
  metadata["buildStartedOn"] = provenance.started;
  metadata["buildFinishedOn"] = provenance.finished;
  metadata["completeness"] = {{"parameters", provenance.all_arguments},
                              {"environment", true},
                              {"materials", provenance.all_materials}};
  metadata["reproducible"] = provenance.reproducible;
  metadata[extension + "hermetic"] = provenance.hermetic;
  metadata[extension + "metadata"] = print_extension(provenance);
  return {{"builder", {{"id", provenance.builder}}},
          {"buildType", build_type_v0_2},
          {"materials", print_materials(provenance)},
          {"invocation",
           {{"configSource", print_source(provenance, "entryPoint")},
            {"parameters", print_request(provenance)},
            {"environment", {{"platform", provenance.builder_platform.str()}}}}},
          {"metadata", std::move(metadata)}};
}

}  // namespace

std::string predicate_type(Provenance::Version version) {
  return cat("https://slsa.dev/provenance/", version == Provenance::Version::v1 ? "v1" : "v0.2");
}

std::string print_provenance(const Provenance& provenance, Provenance::Version version) {
  const Json json = version == Provenance::Version::v1 ? print_v1(provenance) : print_v0_2(provenance);
  // Neither arguments nor paths need be UTF-8.
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace husk::oci
