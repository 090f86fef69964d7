#pragma once

#include "libcore/store/containers.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace husk::container {

/// What ps(1) with OPTIONS prints about the processes of a running container, a line each, headings first;
/// words between blanks, all that is left in the last. Throws Error if it does not run, and if the options
/// print no column "PID".
std::vector<std::vector<std::string>> list_top(const store::Container& container,
                                               const std::vector<std::string>& options);

/// The lines of OUTPUT, of ps, that are about PIDS, and its headings.
std::vector<std::vector<std::string>> select_processes(std::string_view output,
                                                       const std::vector<pid_t>& pids);

}  // namespace husk::container
