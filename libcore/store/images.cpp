#include "libcore/store/images.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/hex.hpp"
#include "libcore/oci/attestation.hpp"
#include "libcore/store/blobs.hpp"
#include "libcore/store/tag_file.hpp"

#include <algorithm>
#include <set>

// Lookups only, without OpenSSL and libarchive: see layers.cpp.
namespace husk::store {
namespace {

constexpr std::string_view digest_prefix = "sha256:";

std::optional<oci::Reference> try_parse_reference(std::string_view text) {
  try {
    return oci::parse_reference(text);
  } catch (const Error&) {
    return std::nullopt;
  }
}

// The digits after "sha256:", or TEXT itself if it could be the first digits of an id.
std::string_view id_digits(std::string_view text) {
  if (text.starts_with(digest_prefix)) text.remove_prefix(digest_prefix.size());
  return is_hex(text) && text.size() <= 64 ? text : std::string_view{};
}

std::optional<Tag> find_by_id(const Store& store, std::string_view text) {
  const std::string_view digits = id_digits(text);
  if (digits.empty()) return std::nullopt;
  std::optional<Tag> found;
  for (Tag& tag : list_tags(store)) {
    if (!tag.image_id.hex().starts_with(digits)) continue;
    if (found && found->image_id != tag.image_id) {
      throw Error(cat("image id ", quote(text), " is ambiguous: ", found->image_id.hex().substr(0, 12),
                      " and ", tag.image_id.hex().substr(0, 12), " begin with it"));
    }
    if (!found) found = std::move(tag);
  }
  return found;
}

bool by_name(const Tag& left, const Tag& right) {
  if (left.reference.has_value() != right.reference.has_value()) return left.reference.has_value();
  if (left.reference != right.reference) return left.reference < right.reference;
  return left.image_id < right.image_id;
}

}  // namespace

std::optional<Tag> find_tag(const Store& store, const oci::Reference& reference) {
  return read_tag_file(store, tag_path(reference).str());
}

std::vector<Tag> list_tags(const Store& store) {
  std::vector<Tag> tags;
  std::set<oci::Digest> tagged;
  visit_tag_files(store, [&](const std::string& path) {
    try {
      auto tag = read_tag_file(store, path);
      if (!tag) return;
      if (tag->reference) tagged.insert(tag->image_id);
      tags.push_back(std::move(*tag));
    } catch (const Error& error) {
      store.warn(error.what());  // one damaged file must not hide the other images
    }
  });
  // set_tag() writes refs/none first and takes it away last: killed in between, the image is there twice.
  std::erase_if(tags, [&](const Tag& tag) { return !tag.reference && tagged.contains(tag.image_id); });
  std::ranges::sort(tags, by_name);
  return tags;
}

std::optional<Tag> find_image_if_any(const Store& store, std::string_view name_or_id) {
  if (!name_or_id.starts_with(digest_prefix)) {
    if (const auto reference = try_parse_reference(name_or_id)) {
      if (auto tag = find_tag(store, *reference)) return tag;
    }
  }
  return find_by_id(store, name_or_id);
}

Tag find_image(const Store& store, std::string_view name_or_id) {
  if (auto tag = find_image_if_any(store, name_or_id)) return *tag;
  if (id_digits(name_or_id).empty()) (void)oci::parse_reference(name_or_id);  // says what is wrong with it
  Error error(cat("no such image: ", quote(name_or_id)));
  error.set_hint("husk-images lists what is there, husk-pull gets more");
  throw error;
}

std::vector<Tag> list_variants(const Store& store, const Tag& tag) {
  std::vector<Tag> variants = {tag};
  if (!tag.index || !find_blob(store, tag.index->digest)) return variants;
  const oci::Index index = oci::parse_index(read_document(store, *tag.index));
  for (const oci::Descriptor& entry : index.manifests) {
    if (entry.digest == tag.manifest.digest || oci::is_attestation(entry) ||
        !oci::is_manifest_media_type(entry.media_type) || !find_blob(store, entry.digest))
      continue;
    Tag variant = tag;
    variant.manifest = {.media_type = entry.media_type, .digest = entry.digest, .size = entry.size};
    try {
      variant.image_id = read_manifest(store, variant).config.digest;
      (void)read_config(store, variant.image_id);
      variants.push_back(std::move(variant));
    } catch (const Error&) {
      // An index may name anything as an image, also what is here as something else.
    }
  }
  return variants;
}

oci::Manifest read_manifest(const Store& store, const Tag& tag) {
  return oci::parse_manifest(read_document(store, tag.manifest));
}

oci::ImageConfig read_config(const Store& store, const oci::Digest& image_id) {
  return oci::parse_image_config(
      read_document(store, {.media_type = oci::media_type::config, .digest = image_id}));
}

}  // namespace husk::store
