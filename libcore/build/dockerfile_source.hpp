#pragma once

#include "libcore/base/fd.hpp"
#include "libcore/build/options.hpp"
#include "libcore/dockerfile/ignore_file.hpp"
#include "libcore/dockerfile/source.hpp"

namespace husk::build {

/// The Dockerfile that OPTIONS name, where the context is a directory: a file, standard input, or the usual
/// one in it.
dockerfile::Source read_dockerfile(const Options& options);

/// The one of a context that was brought here. NAME, "" for the usual ones, is found as if the context were
/// the whole file system.
dockerfile::Source read_dockerfile_in(int context, const std::string& name);

/// The ignore file of a directory that is the build context: DOCKERFILE.dockerignore beside the Dockerfile,
/// else .containerignore, else .dockerignore. One that leaves nothing out if there is none.
dockerfile::IgnoreMatcher read_ignore_file(const Options& options);

/// The ignore file in a directory of --build-context.
dockerfile::IgnoreMatcher read_ignore_file_in(int context);

Fd open_context_directory(const std::filesystem::path& path);

}  // namespace husk::build
