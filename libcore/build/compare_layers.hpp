#pragma once

#include "libcore/archive/stream.hpp"

#include <map>
#include <string>
#include <vector>

namespace husk::build {

/// What a tar says of one file, part by part: "mode" is "644", "time", "owner", "content", "link" and so on.
using FileFacts = std::map<std::string, std::string>;
/// By path, without "./".
using LayerFacts = std::map<std::string, FileFacts>;

LayerFacts read_layer_facts(archive::Source tar);

/// A line for each file that is not the same in both: "etc/x: mode 644 and 600, content", "etc/y: only in the
/// second". Paths are escaped.
std::vector<std::string> compare_layers(const LayerFacts& first, const LayerFacts& second);

}  // namespace husk::build
