#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace husk::store {

/// Names of files that a probe that was killed may leave in the store.
inline constexpr std::string_view probe_prefix = ".probe-";

/// Tries what the store relies on in DIRECTORY: unnamed files, links, locks, renaming without replacing.
/// Throws Error with what to set if the file system (NFS, Lustre, …) lacks one. Returns lines for the store's
/// file "version" about what may be missing: "user-xattr yes".
std::string probe_file_system(int directory, const std::filesystem::path& path);

}  // namespace husk::store
