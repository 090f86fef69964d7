#pragma once

#include "libcore/build/destination.hpp"
#include "libcore/build/selection.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace husk::build {

/// What COPY does, after everything that it names has been found.
struct CopyOrder {
  struct Piece {
    int root = -1;  // descriptor of the top of the tree that it is from
    Selection selection;
    bool unpack = false;  // a tar archive is unpacked
  };
  struct Text {
    std::string name;
    std::string content;
  };
  std::vector<Piece> pieces;
  std::vector<Text> texts;          // heredocs
  std::string destination;          // absolute in the image; "/" at its end says that it is a directory
  std::optional<Owner> owner;       // --chown
  std::optional<std::string> mode;  // --chmod, see dockerfile/change_mode.hpp
  std::function<Owner(const SourceEntry&)> owner_of;  // without --chown
  bool record_owners = false;        // there is one id only: owners of unpacked files are returned
  std::optional<std::int64_t> time;  // of everything that is copied, in seconds since 1970
};

/// Copies into the image whose root directory is open as ROOT. Runs as root of the image's user namespace.
/// What the image has for links can't lead it out: see open_in_root(). Returns the owners that could not be
/// set.
std::vector<UnsetOwner> copy_files(int root, const CopyOrder& order);

}  // namespace husk::build
