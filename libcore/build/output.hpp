#pragma once

#include "libcore/archive/stream.hpp"
#include "libcore/oci/reference.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace husk::build {

/// Where the result of a build goes; one -o.
struct Output {
  enum class Kind : std::uint8_t {
    directory,  // its files
    tar,        // its files as a tar
    oci,        // an OCI archive, or an image layout
    docker,     // what `docker load` reads
    image,      // an image in the store, and maybe at a registry
  };
  Kind kind = Kind::image;
  std::filesystem::path destination = {};  // "-": standard output; none with image
  bool archive = true;                     // oci: one file
  std::vector<oci::Reference> names = {};  // besides those of -t
  bool push = false;                       // image
  bool keep = true;                        // image: in the store
  bool insecure_registry = false;          // push
  bool rewrite_times = false;  // of files in layers, for SOURCE_DATE_EPOCH; not of directory and tar
  archive::Compression compression = archive::Compression::gzip;  // of layers that were never compressed
  friend bool operator==(const Output&, const Output&) = default;
};

/// "type=oci,dest=FILE" as docker buildx has it, fields as in CSV; "DIRECTORY" and "-" (a tar on standard
/// output) for short. Throws Error with exit usage.
Output parse_output(std::string_view text);

}  // namespace husk::build
