#pragma once

#include "libcore/store/store.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace husk::container {

/// One end of a copy. A path of a container is relative to its root directory; "-" is a tar on standard input
/// or output.
struct CopyEnd {
  std::string container;  // name or id; empty: this machine
  std::string path;
};

/// "CONTAINER:PATH", or a path of this machine: one that begins with "/" or ".", or has no colon.
CopyEnd parse_copy_end(const std::string& text);

enum class SourceLink : std::uint8_t { copy, follow };
/// receiver: into a container they belong to its root, out of it to the caller. keep: as they are, user id
/// and group id.
enum class CopyOwners : std::uint8_t { receiver, keep };

struct CopyOptions {
  SourceLink source_link = SourceLink::copy;
  CopyOwners owners = CopyOwners::receiver;
};

/// Copies as docker-cp(1) does; man/husk-cp.1.scd has the table. Containers may run or not. What reads and
/// what writes are two processes, each of which can touch one of the two ends only; the one that works on a
/// container's files is root among the container's ids and nothing else. Returns what was left out.
std::vector<std::string> copy(const store::Store& store, const CopyEnd& from, const CopyEnd& to,
                              const CopyOptions& options);

}  // namespace husk::container
