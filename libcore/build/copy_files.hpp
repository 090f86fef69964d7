#pragma once

#include "libcore/build/selection.hpp"

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

/// What COPY does, after everything that it names has been found.
struct CopyOrder {
  struct Text {
    std::string name;
    std::string content;
  };
  int source = -1;  // descriptor of the source's top directory
  std::vector<Selection> selections;
  std::vector<Text> texts;          // heredocs
  std::string destination;          // absolute in the image; "/" at its end says that it is a directory
  std::optional<Owner> owner;       // --chown
  std::optional<std::string> mode;  // --chmod, see dockerfile/change_mode.hpp
  std::function<Owner(const SourceEntry&)> owner_of;  // without --chown
  bool record_owners = false;                  // there is one id only: owners of unpacked files are returned
  bool unpack = false;                         // ADD: tar archives are unpacked
  std::optional<std::int64_t> directory_time;  // of directories that have to be made, in seconds since 1970
};

/// Copies into the image whose root directory is open as ROOT. Runs as root of the image's user namespace.
/// What the image has for links can't lead it out: see open_in_root(). Returns the owners that could not be
/// set.
std::vector<UnsetOwner> copy_files(int root, const CopyOrder& order);

/// Makes a directory and those above it that are missing, 0755 and with OWNER; links are followed inside
/// ROOT. Returns a descriptor of it. Used by WORKDIR, too.
Fd make_directories(int root, const std::string& path,
                    const std::function<void(int parent, const std::string& name)>& made);

}  // namespace husk::build
