#pragma once

#include "libcore/build/git_reference.hpp"
#include "libcore/build/options.hpp"

#include <filesystem>
#include <string>

namespace husk::build {

/// The commit that REFERENCE means, if that is known without asking the remote.
std::optional<std::string> known_commit(const GitReference& reference);

/// The commit that it means now, asked from the remote (git-ls-remote(1)) unless it names the commit itself.
/// Throws Error, also if it is not the one that the reference's checksum says.
std::string resolve_commit(const Options& options, const GitReference& reference);

enum class GitDirectory : std::uint8_t { remove, keep };

/// Gets the files of COMMIT, and of its submodules, into the empty DIRECTORY by git(1). Their modes are 0644
/// and 0755, their times that of the commit. Nothing of this machine's git configuration counts, no hook
/// runs, and only https, http, ssh and git are spoken, whatever the repository says.
void check_out(const Options& options, const GitReference& reference, const std::string& commit,
               const std::filesystem::path& directory, GitDirectory git_directory);

}  // namespace husk::build
