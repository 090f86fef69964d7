#pragma once

#include "libcore/build/copy_step.hpp"

#include <string_view>
#include <vector>

namespace husk::build {

/// What the names of a COPY mean in TREE, which messages call WHERE. Throws SyntaxError at a name that means
/// nothing; wildcards may, as long as one name of the step means something.
std::vector<Selection> select_sources(SourceTree& tree, const CopyStep& step, std::string_view where);

/// What --exclude leaves out.
dockerfile::IgnoreMatcher exclude_matcher(const CopyStep& step);

/// The layers that a COPY --from takes from, to be mounted read-only.
runtime::Rootfs rootfs_of(const Session& session, const CopySource& source);

}  // namespace husk::build
