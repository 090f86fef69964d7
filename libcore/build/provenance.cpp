#include "libcore/build/provenance.hpp"

#include "libcore/base/random.hpp"
#include "libcore/build/image_key.hpp"
#include "libcore/build/package_url.hpp"
#include "libcore/registry/base64.hpp"

#include <filesystem>
#include <set>

namespace husk::build {
namespace {

using oci::Material;
using oci::Provenance;
constexpr std::string_view layout_prefix = "oci-layout://";
constexpr std::size_t invocation_bytes = 16;

Material material_of(const std::string& uri, std::string_view digest) {
  const auto colon = digest.find(':');
  return {uri, std::string(digest.substr(0, colon)), std::string(digest.substr(colon + 1))};
}

// Where on this machine a layout lies concerns nobody: the name of its directory has to do.
std::string layout_name(std::string_view text) {
  return std::filesystem::path(text.substr(0, text.find(':'))).filename();
}

Material image_material(const BuildSite& site, const std::string& key) {
  const ImageKey image = parse_image_key(key);
  const oci::Platform platform = image.platform.value_or(oci::host_platform());
  const std::string uri =
      image.name.starts_with(layout_prefix)
          ? package_url_of_layout(layout_name(std::string_view(image.name).substr(layout_prefix.size())),
                                  platform)
          : package_url(oci::parse_reference(image.name), platform);
  const auto root = site.images.find_root(key);
  return root ? material_of(uri, root->str()) : Material{uri, {}, {}};
}

std::vector<Material> list_materials(const BuildSite& site, const Materials& materials) {
  std::set<Material> images;  // "node" and "node:latest" are one
  for (const std::string& image : materials.images) images.insert(image_material(site, image));
  std::vector<Material> all(images.begin(), images.end());
  for (const auto& [url, digest] : materials.remote) all.push_back(material_of(url, digest));
  return all;
}

// Proxies may have passwords in them, as URLs may.
std::string argument_value(const std::string& name, const std::string& value) {
  return is_proxy_argument(name) ? without_credentials(value) : value;
}

std::string describe_context(const ContextName& context, const std::string& name) {
  using Kind = ContextName::Kind;
  switch (context.kind) {
    case Kind::image: return cat("docker-image://", context.text);
    case Kind::layout: return cat(layout_prefix, layout_name(context.text));
    case Kind::remote: return without_credentials(context.text);
    case Kind::directory:
    case Kind::standard_input: break;
  }
  return cat("local:", name);
}

// What the caller asked for, by the names that BuildKit's frontend has for it. The values of arguments and
// labels are not for everybody: the least provenance does without.
void add_arguments(Provenance& provenance, const Options& options) {
  auto& arguments = provenance.arguments;
  if (!options.target.empty()) arguments["target"] = options.target;
  if (options.cache == Cache::ignore) arguments["no-cache"] = "";
  for (const auto& [name, context] : options.named_contexts)
    arguments[cat("context:", name)] = describe_context(context, name);
  if (options.provenance->mode == ProvenanceOption::Mode::min) {
    provenance.all_arguments = options.arguments.empty() && options.labels.empty();
    return;
  }
  provenance.all_arguments = true;
  for (const auto& [name, value] : options.arguments)
    arguments[cat("build-arg:", name)] = argument_value(name, value);
  for (const auto& [name, value] : options.labels) arguments[cat("label:", name)] = value;
}

std::vector<Provenance::Use> list_uses(const std::map<std::string, bool>& uses) {
  std::vector<Provenance::Use> all;
  all.reserve(uses.size());
  for (const auto& [id, required] : uses) all.push_back({id, !required});
  return all;
}

void add_source(Provenance& provenance, const BuildSite& site, const Materials& materials) {
  const Options& options = site.session.options;
  provenance.locals.assign(materials.locals.begin(), materials.locals.end());
  if (const auto& remote = options.main_context.remote) {
    const std::string uri = uri_of(*remote);
    const auto found = materials.remote.find(uri);
    if (found != materials.remote.end()) provenance.source = material_of(uri, found->second);
    provenance.entry_point = without_credentials(site.file.source.name());
  } else {
    provenance.entry_point = std::filesystem::path(site.file.source.name()).filename();
    provenance.locals.insert(provenance.locals.begin(), {"context", "dockerfile"});
  }
}

Provenance describe_build(const BuildSite& site, const PlatformImage& image) {
  const Options& options = site.session.options;
  const Materials& materials = image.materials;
  Provenance provenance;
  provenance.builder = options.provenance->builder;
  provenance.builder_platform = oci::host_platform();
  add_source(provenance, site, materials);
  add_arguments(provenance, options);
  provenance.materials = list_materials(site, materials);
  provenance.all_materials = provenance.locals.empty();
  provenance.hermetic = provenance.all_materials && !materials.network;
  provenance.reproducible = options.provenance->reproducible;
  if (options.provenance->mode == ProvenanceOption::Mode::max) {
    provenance.secrets = list_uses(materials.secrets);
    provenance.agents = list_uses(materials.agents);
    provenance.dockerfile = {provenance.entry_point, registry::encode_base64(site.file.source.text())};
  }
  return provenance;
}

}  // namespace

void describe_builds(const BuildSite& site, std::vector<PlatformImage>& images, Time began) {
  const Options& options = site.session.options;
  if (!options.provenance) return;
  Time finished = now();
  std::string invocation = random_hex(invocation_bytes);
  if (options.source_date) {
    began = finished = Time{*options.source_date, 0};
    invocation.clear();
  }
  for (PlatformImage& image : images) {
    image.provenance = describe_build(site, image);
    image.provenance->invocation_id = invocation;
    image.provenance->started = format_rfc3339(began);
    image.provenance->finished = format_rfc3339(finished);
  }
}

oci::Statement make_statement(const ProvenanceOption& option, const oci::Provenance& provenance,
                              std::vector<oci::Statement::Subject> subjects) {
  return {.subjects = std::move(subjects),
          .predicate_type = oci::predicate_type(option.version),
          .predicate = oci::print_provenance(provenance, option.version)};
}

std::vector<oci::Statement::Subject> subjects_of(const std::vector<oci::Reference>& names,
                                                 const oci::Platform& platform, const oci::Digest& manifest) {
  std::vector<oci::Statement::Subject> subjects;
  subjects.reserve(names.size());
  for (const oci::Reference& name : names) subjects.push_back({package_url(name, platform), manifest});
  if (subjects.empty()) subjects.push_back({"_", manifest});
  return subjects;
}

}  // namespace husk::build
