#pragma once

#include "libcore/build/materials.hpp"
#include "libcore/oci/image_config.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace husk::build {

/// A stage that is built: the image that it is.
struct StageResult {
  oci::ImageConfig config;                     // with the diff ids of its layers
  std::string key;                             // of its last step that could change files
  std::optional<std::size_t> unsquashed = {};  // how many layers lie below those after "# husk: squash"
  std::vector<std::string> keys = {};  // of all records of the cache that it was made with, lowest first
  Materials materials = {};            // without those of the stages that it needs
};

/// As text that one process sends another.
std::string print_stage_result(const StageResult& result);
StageResult parse_stage_result(std::string_view text);

}  // namespace husk::build
