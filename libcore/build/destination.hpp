#pragma once

#include "libcore/base/fd.hpp"

#include <sys/stat.h>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace husk::build {

struct Owner {
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
};

/// An owner that a file should have and, in a user namespace with one id, can't.
struct UnsetOwner {
  std::string path;  // below the root of the image
  Owner owner;
};

/// Makes a directory and those above it that are missing, 0755; links are followed inside ROOT. MADE is told
/// about each. Returns a descriptor of it. Used by WORKDIR, too.
Fd make_directories(int root, const std::string& path,
                    const std::function<void(int parent, const std::string& name)>& made);

/// The file system of an image that COPY writes to. Paths are absolute in it.
class Destination {
 public:
  /// What directories get that are made because a copy needs them.
  struct NewDirectories {
    std::optional<Owner> owner;
    mode_t mode = 0755;
    std::optional<std::int64_t> time;
  };
  Destination(int root, NewDirectories directories) : root_(root), directories_(directories) {}

  /// Follows links.
  bool is_directory(const std::string& path) const;
  Fd make_directory(const std::string& path);
  /// When all has been copied: writing into directories that were made has changed their times.
  void finish_directories() const;

  /// The directory, and the name in it, that a file becomes: NAME below PATH if that is a directory. A link
  /// at PATH is followed, also one that leads to nothing.
  struct Place {
    Fd directory;
    std::string name;
    std::string path;
  };
  Place place(const std::string& path, const std::string& name);

  /// The path of an open directory below the root, without a "/" in front and without links in it.
  std::string path_of(int directory) const;

  /// Takes away what a file is going to replace; a directory is an error.
  static void clear(int directory, const std::string& name, const std::string& path);

  /// NAME in DIRECTORY, or DIRECTORY itself if it is "". An owner that can't be set is kept for
  /// unset_owners().
  void set_owner(int directory, const std::string& name, const std::string& path, Owner owner);
  std::vector<UnsetOwner>& unset_owners() noexcept { return unset_; }

 private:
  int root_;
  NewDirectories directories_;
  struct Made {
    Fd parent;
    std::string name;
  };
  std::vector<Made> made_;
  std::vector<UnsetOwner> unset_;
};

}  // namespace husk::build
