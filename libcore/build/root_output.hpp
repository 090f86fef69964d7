#pragma once

#include "libcore/build/session.hpp"
#include "libcore/oci/image_config.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace husk::build {

/// The files of an image, all layers merged, and maybe one more at the top, in the place of the image's own
/// of that name.
struct RootFiles {
  const oci::ImageConfig& config;
  struct Extra {
    std::string name, text;
  };
  std::optional<Extra> extra = {};
};

/// Where they are in a tar: below the directory PREFIX, or at the top if it is "".
struct RootPlace {
  std::string prefix = {};
  bool goes_on = false;  // another image's files follow in the tar
};

/// Writes them as a tar with the owners that the image has.
void write_root_tar(const Session& session, const RootFiles& files, int out, const RootPlace& place = {});

/// Writes them into a directory, where they belong to the caller. One that is not there appears when it is
/// complete; in one that is, what is of the same name is replaced.
void write_root_directory(const Session& session, const RootFiles& files,
                          const std::filesystem::path& destination);

}  // namespace husk::build
