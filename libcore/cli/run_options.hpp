#pragma once

#include "libcore/cli/tool.hpp"
#include "libcore/container/run_options.hpp"

namespace husk::cli {

/// The options that husk-run and husk-create have in common, and IMAGE with the command after it. What is
/// given ends up in OPTIONS, which must live as long as TOOL.
Option* add_run_options(Tool& tool, container::RunOptions& options);

}  // namespace husk::cli
