#pragma once

#include "libcore/build/selection.hpp"
#include "libcore/store/lease.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace husk::build {

/// The parts of a step's key are lines: a name, a blank, and the first digits of a hash; StepKey::parts().

/// More such lines: what is copied, file by file.
std::string list_files(const std::vector<Selection>& selections);

/// The names of the parts that two keys do not have in common, in the order of NOW; what NOW lacks comes
/// last.
std::vector<std::string> different_parts(std::string_view then, std::string_view now);

/// Keeps the parts of a step that is made, so that a later one can be compared with it.
void put_parts(const store::Lease& lease, const std::string& key, const std::string& parts);

/// Why the step TITLE is not in the cache: what differs from the one made before that has most in common with
/// it. For people.
std::string explain_miss(const store::Store& store, std::string_view title, const std::string& parts);

/// "the command and the file 'src/a.c' differ": DIFFERENT for people.
std::string describe_parts(std::vector<std::string> different);

}  // namespace husk::build
