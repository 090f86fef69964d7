#pragma once

#include "libcore/runtime/rootfs.hpp"

#include <sys/types.h>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>

namespace husk::runtime {

/// What a volume has of the mounts below its source. apart: those that are there, and none that comes later.
/// top_apart: the same, but below those that are there later ones come. follow: what is mounted there later
/// comes, too. (What is mounted in a container reaches the host by none: user namespaces forbid it.)
enum class Propagation : std::uint8_t { apart, top_apart, follow };

/// all: what is mounted below can't be written to, either.
enum class ReadOnly : std::uint8_t { no, all, top };

/// Tells one file of the host from all others while it is there.
struct FileNumber {
  dev_t device = 0;
  ino_t inode = 0;
  bool operator==(const FileNumber&) const = default;
};

/// A directory or file of the host in the container. The source is opened, and with it decided, before the
/// container is started; always nosuid and nodev.
struct Volume {
  std::filesystem::path source;
  std::string target;
  ReadOnly read_only = ReadOnly::no;
  Propagation propagation = Propagation::apart;
  bool with_mounts_below = true;
  /// The file that SOURCE has to be, where containers write to the directories on the way: a link that one of
  /// them makes meanwhile is an error.
  std::optional<FileNumber> expected = {};
};

/// What else can be mounted in a container; all of it nosuid, and all but a device nodev.

/// PATH in a tree that is merged of directories of the store. Links in it lead nowhere out of the tree. What
/// is written goes to the tree's upper directory; without one it can't be written to.
struct TreeMount {
  Rootfs tree;
  std::string path = "/";
};

/// A tmpfs. SIZE in bytes; 0 is half of the memory, and of INODES what fits into that, tmpfs(5).
struct MemoryMount {
  std::uint64_t size = 0;
  std::uint64_t inodes = 0;
  mode_t mode = 01777;
  uid_t uid = 0;
  gid_t gid = 0;
  bool executable = true;
};

/// A file that is on no disk: its content is copied from the descriptor CONTENT to a tmpfs of the container.
/// The owner is one in the container.
struct SecretMount {
  int content = -1;
  mode_t mode = 0400;
  uid_t uid = 0;
  gid_t gid = 0;
};

/// A device of the host, with the rights that the caller has to it.
struct DeviceMount {
  std::filesystem::path source;
};

struct Mount {
  std::string target;  // absolute
  bool read_only = false;
  std::variant<TreeMount, MemoryMount, SecretMount, DeviceMount> what;
};

}  // namespace husk::runtime
