#pragma once

#include "libcore/base/fd.hpp"
#include "libcore/build/remote_source.hpp"
#include "libcore/build/session.hpp"
#include "libcore/build/temporary_directory.hpp"

#include <optional>
#include <string>

namespace husk::build {

/// A context that was not a directory: now it is one, in the lease's.
struct BroughtContext {
  Fd root;
  std::optional<std::string> dockerfile = {};  // it was this alone: the directory is empty
  std::string digest = {};  // of what came from a URL: "sha256:…", or commit_digest()
};

/// What comes from FILE: a tar archive, plain or compressed with gzip, bzip2, xz or zstd, is unpacked as it
/// comes; anything else is a Dockerfile. WHAT is for messages.
BroughtContext unpack_context(const Session& session, int file, const std::string& what);

/// The directory in a repository that REFERENCE names, where DIRECTORY is what was checked out.
Fd open_subdirectory(const TemporaryDirectory& directory, const GitReference& reference);

BroughtContext bring_context(const Session& session, const RemoteSource& source);

}  // namespace husk::build
