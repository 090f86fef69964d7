#include "libcore/build/cache_option.hpp"

#include "libcore/base/error.hpp"
#include "libcore/build/fields.hpp"
#include "libcore/build/min_or_max.hpp"

namespace husk::build {
namespace {

// buildx calls the one image of a cache that is a layout so.
constexpr const char* default_tag = "latest";

transfer::CachePlace registry_place(const std::string& name, bool insecure) {
  if (name.empty()) throw Error("a name is needed: ref=HOST/NAME", Exit::usage);
  return {.reference = oci::parse_reference(name), .insecure = insecure};
}

transfer::CachePlace take_place(const std::string& type, Fields& fields, const char* directory_key) {
  if (type == "registry")
    return registry_place(fields.take("ref"), fields.take_flag("registry.insecure", false));
  transfer::CachePlace place;
  place.layout = {fields.take(directory_key), fields.take("tag", default_tag)};
  if (place.layout.directory.empty())
    throw Error(cat("a directory is needed: ", directory_key, "=DIRECTORY"), Exit::usage);
  return place;
}

[[noreturn]] void refuse_type(const std::string& type, const char* known) {
  if (type.empty()) throw Error("there is no type=", Exit::usage);
  throw Error(cat("type is ", known, ", not ", quote(type)), Exit::usage);
}

// What buildx can leave out of what it writes, and husk never does.
void take_given(Fields& fields, const char* key) {
  if (!fields.take_flag(key, true)) throw Error(cat(key, "=false is not supported"), Exit::usage);
}

CacheTarget parse_target_fields(const std::vector<std::string>& list) {
  Fields fields(list);
  const std::string type = fields.take("type");
  CacheTarget target;
  if (type == "local" || type == "registry") {
    target.place = take_place(type, fields, "dest");
    target.mode = parse_min_or_max<CacheTarget::Mode>(fields.take("mode", "min"));
    target.compression = parse_compression(fields.take("compression", "gzip"));
    target.may_fail = fields.take_flag("ignore-error", false);
    take_given(fields, "oci-mediatypes");
    take_given(fields, "image-manifest");
  } else if (type == "inline") {
    if (parse_min_or_max<CacheTarget::Mode>(fields.take("mode", "min")) == CacheTarget::Mode::max)
      throw Error("an image has the steps of its own layers only: mode=max needs another type", Exit::usage);
  } else {
    refuse_type(type, "local, registry or inline");
  }
  fields.refuse_others(cat("type=", type));
  return target;
}

transfer::CachePlace parse_source_fields(const std::vector<std::string>& list) {
  Fields fields(list);
  const std::string type = fields.take("type");
  if (type == "inline") {
    Error error("an image with a cache in it is named as one at a registry", Exit::usage);
    error.set_hint("--cache-from type=registry,ref=NAME");
    throw error;
  }
  if (type != "local" && type != "registry") refuse_type(type, "local or registry");
  transfer::CachePlace place = take_place(type, fields, "src");
  fields.refuse_others(cat("type=", type));
  return place;
}

bool is_name(const std::vector<std::string>& fields) {
  return fields.size() == 1 && fields.front().find('=') == std::string::npos;
}

}  // namespace

CacheTarget parse_cache_target(std::string_view text) {
  return in_context([&] { return cat("--cache-to ", quote(text)); },
                    [&]() -> CacheTarget {
                      const auto fields = split_fields(text);
                      if (is_name(fields)) return {.place = registry_place(fields.front(), false)};
                      return parse_target_fields(fields);
                    });
}

transfer::CachePlace parse_cache_source(std::string_view text) {
  return in_context([&] { return cat("--cache-from ", quote(text)); },
                    [&] {
                      const auto fields = split_fields(text);
                      return is_name(fields) ? registry_place(fields.front(), false)
                                             : parse_source_fields(fields);
                    });
}

}  // namespace husk::build
