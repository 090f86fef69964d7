#pragma once

#include <sys/types.h>

/// Looking up what a mount is put on, in a root file system that an image made. All of it goes through
/// openat2(2) with RESOLVE_IN_ROOT or stricter: a link may lead anywhere inside the root, and never out.
/// Allocates nothing; returns an O_PATH descriptor, or -1 and errno.
namespace husk::runtime {

/// A directory right below ROOT that has to be one, not a link to one: /proc, /dev and /sys.
int open_real_directory(int root, const char* name) noexcept;

/// What is at PATH, wherever its links lead inside ROOT.
int open_target(int root, const char* path) noexcept;

/// The same, after making what is missing: directories with mode 0755, at the end an empty file if it is to
/// be one.
enum class TargetKind { directory, file };
int make_target(int root, const char* path, TargetKind kind) noexcept;

}  // namespace husk::runtime
