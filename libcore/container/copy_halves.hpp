#pragma once

#include "libcore/base/fd.hpp"
#include "libcore/container/copy.hpp"

#include <string>

namespace husk::container {

/// What the half that reads says about the source before it sends it.
struct Announcement {
  bool is_directory = false;
  bool contents = false;  // what is in the directory, not the directory
  std::string base;       // the name of the source
  friend bool operator==(const Announcement&, const Announcement&) = default;
};

/// Where what comes is to be put: below DIRECTORY, and there as NAME; empty: into the directory itself.
struct Destination {
  std::string directory;  // path below the root
  std::string name;
  friend bool operator==(const Destination&, const Destination&) = default;
};

/// docker-cp's table, for a destination that was looked up in ROOT. Throws Error if the copy makes no sense.
Destination choose_destination(int root, const std::string& path, const Announcement& announced);

/// The two ends of a conversation between the halves, a message each way, and the pipe with the tar.
struct Channel {
  Fd talk;
  Fd data;
};

/// Sends what is at PATH below ROOT, under the name that the other half answers. Returns notes, one a line.
std::string send(int root, const std::string& path, SourceLink link, const Channel& channel);
/// The same to standard output, under its own name.
std::string send_to_output(int root, const std::string& path, SourceLink link);

enum class Side : std::uint8_t { host, container };
/// Puts what comes to PATH below ROOT.
std::string receive(int root, const std::string& path, Side side, CopyOwners owners, const Channel& channel);
/// Unpacks the tar on standard input, compressed or not, in the directory PATH.
std::string receive_input(int root, const std::string& path, CopyOwners owners);

/// The message of a half that could not go on because the other one ended.
inline constexpr const char* other_half_ended = "the other half of the copy ended early";

}  // namespace husk::container
