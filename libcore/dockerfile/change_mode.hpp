#pragma once

#include <sys/types.h>
#include <string_view>

namespace husk::dockerfile {

/// MODE (with its file type, if that is known) after --chmod: "755" or "u=rwX,go=rX". Throws Error.
mode_t change_mode(mode_t mode, std::string_view change);

}  // namespace husk::dockerfile
