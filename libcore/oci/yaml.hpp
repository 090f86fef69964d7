#pragma once

#include <string>
#include <string_view>

namespace husk::oci {

/// A YAML document as the JSON that means the same. Plain scalars are what YAML 1.2's core schema takes them
/// for. Throws Error for what is none, for several documents, and for aliases: nothing that is read here
/// needs them, and a few lines of them can stand for more than fits into memory.
std::string yaml_to_json(std::string_view text);

}  // namespace husk::oci
