#pragma once

#include "libcore/dockerfile/lint.hpp"
#include "libcore/dockerfile/outline.hpp"

#include <string>

namespace husk::build {

// What husk-build --call prints, as docker buildx prints it: text for people, or one JSON object a line.

std::string print_check(const dockerfile::Dockerfile& file, const dockerfile::LintResult& result);
/// DIAGNOSTICS: the first error is in it, too.
std::string print_check_json(const dockerfile::Dockerfile& file, const dockerfile::LintResult& result,
                             const dockerfile::Diagnostics& diagnostics);

std::string print_outline(const dockerfile::Outline& outline);
std::string print_outline_json(const dockerfile::Dockerfile& file, const dockerfile::Outline& outline);

/// The stages of FILE.
std::string print_targets(const dockerfile::Dockerfile& file);
std::string print_targets_json(const dockerfile::Dockerfile& file);

}  // namespace husk::build
