#pragma once

#include "libcore/oci/platform.hpp"
#include "libcore/oci/reference.hpp"
#include "libcore/store/images.hpp"
#include "libcore/userns/id_map.hpp"

#include <optional>
#include <string>
#include <vector>

namespace husk::transfer {

struct ImportOptions {
  std::vector<std::string> changes;  // CMD, ENTRYPOINT, ENV, EXPOSE, LABEL, STOPSIGNAL, USER, VOLUME, WORKDIR
  std::string message;               // for the history
  std::string source;  // where the tar comes from, for the history and messages: a file name or "-"
  oci::Platform platform = oci::host_platform();
  std::optional<std::int64_t> source_date = {};  // SOURCE_DATE_EPOCH: when the image was made
};

/// Makes an image with one layer from the tar of a root file system (any compression that archive::decompress
/// knows). What may not lie in a layer of an ordinary user, such as devices, is left out with a warning. The
/// layer is packed anew: its diff id is that of archive::pack().
store::Tag import_image(const store::Lease& lease, const userns::IdMap& map, int tar_fd,
                        const oci::Reference& reference, const ImportOptions& options);

/// Applies one instruction of a Dockerfile that only says something about the image. Throws Error with exit
/// usage.
void apply_change(oci::ImageConfig& config, const std::string& instruction);

}  // namespace husk::transfer
