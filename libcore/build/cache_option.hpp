#pragma once

#include "libcore/archive/stream.hpp"
#include "libcore/transfer/cache_place.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace husk::build {

/// One --cache-to.
struct CacheTarget {
  std::optional<transfer::CachePlace> place = {};  // nothing: the image itself
  enum class Mode : std::uint8_t {
    min,  // the steps of the image
    max,  // those of all stages that were built
  };
  Mode mode = Mode::min;
  archive::Compression compression = archive::Compression::gzip;  // of layers that were never compressed
  bool may_fail = false;
};

/// "type=local,dest=DIRECTORY", "type=registry,ref=NAME", "type=inline", or a name at a registry alone;
/// fields as docker buildx has them. Throws Error with exit usage.
CacheTarget parse_cache_target(std::string_view text);

/// The same for one --cache-from: "type=local,src=DIRECTORY", "type=registry,ref=NAME", or the name alone.
transfer::CachePlace parse_cache_source(std::string_view text);

}  // namespace husk::build
