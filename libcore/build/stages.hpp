#pragma once

#include "libcore/build/scope.hpp"
#include "libcore/dockerfile/dockerfile.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace husk::build {

/// What a stage starts from, or a COPY takes from: an earlier stage, an image, or nothing at all.
struct Origin {
  std::optional<std::size_t> stage = {};
  std::string image = {};  // "scratch" for nothing at all

  bool is_scratch() const noexcept { return !stage && image == "scratch"; }
};

/// Which stages a build needs: those that the target is made from, in the order of the file.
struct StagePlan {
  std::size_t target = 0;
  std::vector<std::size_t> order;  // the target is last
  std::vector<Origin> bases;       // of every stage of the file; empty where it is not in ORDER
};

/// The stage called NAME (any case), or of that number, among the first LIMIT ones.
std::optional<std::size_t> find_stage(const dockerfile::Dockerfile& file, std::string_view name,
                                      std::size_t limit);

/// TARGET is the name or number of a stage, "" the last one. Throws Error as the compiler would print it.
StagePlan plan_stages(const dockerfile::Dockerfile& file, const std::string& target, const Variables& global);

}  // namespace husk::build
