#pragma once

#include <cstddef>
#include <string_view>

namespace husk::store {

/// Whether TEXT can be the name of a container or volume, docker's [a-zA-Z0-9][a-zA-Z0-9_.-]*, of that
/// length.
bool is_object_name(std::string_view text, std::size_t shortest, std::size_t longest);

}  // namespace husk::store
