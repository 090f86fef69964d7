#pragma once

#include "libcore/archive/extract.hpp"
#include "libcore/build/context.hpp"
#include "libcore/build/copy_files.hpp"
#include "libcore/build/image_state.hpp"
#include "libcore/build/session.hpp"
#include "libcore/build/step_key.hpp"

#include "libcore/runtime/rootfs.hpp"

#include <optional>
#include <string>
#include <vector>

namespace husk::build {

/// An image or stage that COPY --from takes from.
struct CopySource {
  std::vector<oci::Digest> diff_ids;
};

/// A COPY or ADD after variables have been put in.
struct CopyStep {
  std::string keyword;
  std::vector<dockerfile::Word> patterns;  // expanded; where they stand is for messages
  std::vector<CopyOrder::Text> texts;
  std::string destination;  // absolute
  std::string chown;        // as written
  std::string chmod;
  std::vector<std::string> exclude;
  bool unpack = false;
  dockerfile::Position at;
  std::string history;
};

/// Throws SyntaxError for what husk-build can't do.
CopyStep plan_copy(const dockerfile::Copy& copy, const dockerfile::Instruction& instruction,
                   const Scope& scope, const ImageState& state);

/// What of the step's sources decides whether it has to be made again. From the context, and found by the
/// way: what is to be copied.
struct CopyContent {
  std::string digest;
  std::vector<Selection> selections;  // empty with a source
};
CopyContent examine_context(Context& context, const CopyStep& step);
/// Of a source that was looked at before with the same step: nothing is read.
std::optional<CopyContent> find_content(const Session& session, const CopySource& source,
                                        const CopyStep& step);
CopyContent examine_source(const Session& session, const CopySource& source, const CopyStep& step);

void add_to_key(StepKey& key, const CopyStep& step, const CopyContent& content);

/// Copies into IMAGE; returns the owners that could not be set.
std::vector<archive::RecordedOwner> execute_copy(const Session& session, const CopyStep& step,
                                                 const CopyContent& content, Context& context,
                                                 const std::optional<CopySource>& source,
                                                 const runtime::Rootfs& image);

}  // namespace husk::build
