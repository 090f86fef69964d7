#include "libcore/oci/descriptor.hpp"

#include "libcore/base/ascii.hpp"
#include "libcore/base/error.hpp"
#include "libcore/oci/descriptor_json.hpp"

#include <algorithm>

namespace husk::oci {
namespace {

// RFC 6838, 4.2: restricted-name.
bool is_media_type_part(std::string_view text) {
  static constexpr std::string_view punctuation = "!#$&-^_.+";
  const auto allowed = [](char c) {
    return is_alphanumeric(c) || punctuation.find(c) != std::string_view::npos;
  };
  return !text.empty() && text.size() <= 127 && is_alphanumeric(text[0]) &&
         std::ranges::all_of(text, allowed);
}

bool is_media_type(std::string_view text) {
  const auto slash = text.find('/');
  return slash != std::string_view::npos && is_media_type_part(text.substr(0, slash)) &&
         is_media_type_part(text.substr(slash + 1));
}

// OCI image-spec, descriptor.md, Digests: algorithm components are joined by one of "+._-".
bool is_digest_text(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return false;
  bool in_component = false;
  for (const char c : text.substr(0, colon)) {
    const bool of_component = is_lower(c) || is_digit(c);
    if (!of_component && (!in_component || std::string_view("+._-").find(c) == std::string_view::npos)) {
      return false;
    }
    in_component = of_component;
  }
  const std::string_view encoded = text.substr(colon + 1);
  const auto allowed = [](char c) { return is_alphanumeric(c) || c == '=' || c == '_' || c == '-'; };
  return in_component && !encoded.empty() && std::ranges::all_of(encoded, allowed);
}

bool is_base64(std::string_view text) {
  const auto padding = static_cast<std::size_t>(
      std::ranges::count(text.substr(text.size() - std::min<std::size_t>(text.size(), 2)), '='));
  const auto allowed = [](char c) { return is_alphanumeric(c) || c == '+' || c == '/'; };
  return text.size() % 4 == 0 && std::ranges::all_of(text.substr(0, text.size() - padding), allowed);
}

bool is_uri(std::string_view text) {
  const auto colon = text.find(':');
  const auto allowed = [](char c) { return is_alphanumeric(c) || c == '+' || c == '.' || c == '-'; };
  return colon != std::string_view::npos && colon > 0 && is_letter(text[0]) &&
         std::ranges::all_of(text.substr(0, colon), allowed);
}

// Members that we have no use for still have to be what the specification says: a document that lies in one
// place is not one to trust in the next.
void check_unused_members(const JsonObject& object) {
  const std::string artifact = object.text_or_empty("artifactType");
  if (!artifact.empty() && !is_media_type(artifact)) object.fail("artifactType", "is not a media type");
  if (!is_base64(object.text_or_empty("data"))) object.fail("data", "is not base64");
  if (!std::ranges::all_of(object.texts("urls"), is_uri)) object.fail("urls", "has something that is no URI");
}

}  // namespace

Digest parse_digest_member(const JsonObject& object, const char* name) {
  const std::string text = object.text(name);
  if (const auto digest = Digest::parse(text)) return *digest;
  const std::string_view algorithm = std::string_view(text).substr(0, text.find(':'));
  if (is_digest_text(text) && algorithm != "sha256") {
    object.fail(name, cat("has a digest algorithm that is not supported: ", quote(text)));
  }
  object.fail(name, cat("is not a digest: ", quote(text)));
}

Platform parse_platform_object(const JsonObject& object) {
  (void)object.text_or_empty("os.version");
  (void)object.texts("os.features");
  return {object.text("os"), object.text("architecture"), object.text_or_empty("variant")};
}

Descriptor parse_descriptor(const JsonObject& object) {
  check_unused_members(object);
  Descriptor descriptor{
      .media_type = object.text("mediaType"),
      .digest = parse_digest_member(object, "digest"),
      .size = object.size("size"),
  };
  if (!is_media_type(descriptor.media_type)) object.fail("mediaType", "is not a media type");
  if (descriptor.size > std::uint64_t{INT64_MAX}) object.fail("size", "is too large");
  if (const auto platform = object.find_object("platform")) {
    descriptor.platform = parse_platform_object(*platform);
  }
  descriptor.annotations = object.text_map("annotations");
  return descriptor;
}

Json print_descriptor(const Descriptor& descriptor) {
  Json json = {
      {"mediaType", descriptor.media_type}, {"digest", descriptor.digest.str()}, {"size", descriptor.size}};
  if (const auto& platform = descriptor.platform) {
    Json& object = json["platform"];
    object = {{"architecture", platform->architecture}, {"os", platform->os}};
    if (!platform->variant.empty()) object["variant"] = platform->variant;
  }
  if (!descriptor.annotations.empty()) json["annotations"] = descriptor.annotations;
  return json;
}

}  // namespace husk::oci
