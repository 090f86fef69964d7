#pragma once

#include "libcore/archive/extract.hpp"
#include "libcore/build/context.hpp"
#include "libcore/build/copy_files.hpp"
#include "libcore/build/image_state.hpp"
#include "libcore/build/remote_part.hpp"
#include "libcore/build/session.hpp"
#include "libcore/build/step_key.hpp"

#include "libcore/runtime/rootfs.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace husk::build {

/// What COPY takes files from: a directory, or else an image or stage.
struct CopySource {
  Context* context = nullptr;
  std::vector<oci::Digest> diff_ids = {};
};

/// A COPY or ADD after variables have been put in.
struct CopyStep {
  std::string keyword;
  std::vector<dockerfile::Word> patterns;    // expanded; where they stand is for messages
  std::map<std::size_t, RemotePart> remote;  // which of them are no paths, by index
  std::vector<CopyOrder::Text> texts;
  std::string destination;  // absolute
  std::string chown;        // as written
  std::string chmod;
  std::vector<std::string> exclude;
  bool parents = false;
  bool unpack = false;
  bool link = false;  // the layer is made without looking at what is below it
  dockerfile::Position at;
  std::string history;
};

/// Throws SyntaxError for what husk-build can't do.
CopyStep plan_copy(const dockerfile::Copy& copy, const dockerfile::Instruction& instruction,
                   const Scope& scope, const ImageState& state);

/// Whether --chown names a user or group: then the passwd and group files of the image have a say.
bool has_names(const CopyStep& step);

/// What of the step's sources decides whether it has to be made again. From a directory, and found by the
/// way: what is to be copied.
struct CopyContent {
  std::string digest;
  std::vector<Selection> selections;                 // empty with an image
  std::string key = {};                              // of the record in the cache that says so, with an image
  std::map<std::size_t, RemoteContent> remote = {};  // of each of the step's
};
CopyContent examine_context(Context& context, const CopyStep& step);
/// What ADD takes from elsewhere, for CONTENT. False if nobody knows without asking anybody, and that is not
/// to be done. Throws SyntaxError for a file without a name that needs one.
bool examine_remote(const Session& session, const CopyStep& step, Ask ask, CopyContent& content);
/// Of an image that was looked at before with the same step: nothing is read.
std::optional<CopyContent> find_content(const Session& session, const CopySource& source,
                                        const CopyStep& step);
CopyContent examine_image(const Session& session, const CopySource& source, const CopyStep& step);

/// The key of a step on top of what has the key PARENT.
StepKey key_of(const CopyStep& step, const CopyContent& content, const std::string& parent,
               const Options& options);

/// Copies into IMAGE; returns the owners that could not be set.
std::vector<archive::RecordedOwner> execute_copy(const Session& session, const CopyStep& step,
                                                 const CopyContent& content, const CopySource& source,
                                                 const runtime::Rootfs& image);

}  // namespace husk::build
