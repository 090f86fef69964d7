#pragma once

#include "libcore/build/checksum.hpp"
#include "libcore/build/remote_source.hpp"
#include "libcore/build/selection.hpp"
#include "libcore/build/session.hpp"
#include "libcore/build/temporary_directory.hpp"
#include "libcore/dockerfile/instruction.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>

namespace husk::build {

/// A URL or a repository among the sources of ADD.
struct RemotePart {
  RemoteSource source;
  std::optional<Checksum> checksum = {};  // of the file at a URL; a repository has it in its reference
  bool unpack = false;  // the file is unpacked if it is a tar archive
};

/// SOURCE, a source of COPY, as such a part; nothing if it is a path. CHECKSUM has its variables put in.
/// Throws SyntaxError for what is wrong with it, also if it is not ADD.
std::optional<RemotePart> plan_remote_part(const dockerfile::Copy& copy, const dockerfile::Word& source,
                                           const dockerfile::Word& checksum);

/// A file or a repository that was brought here. It is removed with this object.
class BroughtPart {
 public:
  explicit BroughtPart(const store::Lease& lease);
  BroughtPart(const BroughtPart&) = delete;
  ~BroughtPart();

  const TemporaryDirectory& directory() const noexcept { return directory_; }

  Fd root;                         // what the selection is relative to
  std::optional<SourceTree> tree;  // at root
  Selection selection;             // the file, or the content of the repository's directory

 private:
  const store::Lease& lease_;
  TemporaryDirectory directory_;
};

/// One of them as it is now.
struct RemoteContent {
  // Of a file its checksum, without "sha256:" if it is of that; of a repository the commit: what decides
  // whether a copy has to be made again.
  std::string version;
  std::string name;                           // of the file; may be ""
  std::shared_ptr<BroughtPart> brought = {};  // if that had to be brought here to find out
};

/// Nothing if nobody knows without asking anybody, and that is not to be done. What a server says of the file
/// (ETag, Last-Modified) is compared with what it said when it was brought last.
enum class Ask : std::uint8_t { nobody, server };
std::optional<RemoteContent> examine_remote(const Session& session, const RemotePart& part, Ask ask);

/// What decides whether a step has to be made again, as text.
std::string describe_remote(const RemotePart& part, const RemoteContent& content);

/// Brings it here, without what EXCLUDE matches. Throws Error if it is not what it was when it was examined.
std::shared_ptr<BroughtPart> bring_remote(const Session& session, const RemotePart& part,
                                          const RemoteContent& content,
                                          const dockerfile::IgnoreMatcher* exclude);

}  // namespace husk::build
