#pragma once

#include "libcore/base/fd.hpp"

#include <filesystem>

namespace husk::runtime {

/// A container whose command is "#!/proc/self/exe" executes the program that started it, and may then write
/// to it by way of /proc/PID/exe, if the user may: who installs programs below $HOME has a back door put into
/// them (CVE-2019-5736). So a program that its user can change goes on as a sealed copy in memory. To be
/// called first in main(); returns in the copy, or at once if there is no need. Throws Error if the copy
/// can't be made.
void shield_own_binary(char** argv);

/// Where the program that runs was installed, also in such a copy.
std::filesystem::path own_directory();

/// husk-init, which lies beside it, as a sealed copy in memory that everybody may execute. Throws Error.
Fd open_init_program();

}  // namespace husk::runtime
