#pragma once

#include "libcore/cli/row_format.hpp"

#include <map>
#include <string>

namespace husk::cli {

/// {{.Label "name"}}: a label of what a row is about, empty if it has none. As docker's, its heading is the
/// last part of the name, with blanks.
Column label_column();
Value label_cell(std::map<std::string, std::string> labels);

}  // namespace husk::cli
