#pragma once

#include "libcore/base/sha256.hpp"

#include <string>
#include <string_view>

namespace husk::build {

/// Makes the cache key of a step out of everything that decides what it does. Each part has a name; names and
/// values are hashed with their lengths, so that no two different lists of parts give the same key.
class StepKey {
 public:
  StepKey(std::string_view parent, std::string_view instruction);

  void add(std::string_view name, std::string_view value);

  /// 64 hexadecimal digits; nothing may follow.
  std::string finish();

  /// The parts with the first digits of their hashes, a line each: what tells later which part made a step
  /// miss.
  const std::string& parts() const noexcept { return parts_; }

 private:
  Sha256 hash_;
  std::string parts_;
};

}  // namespace husk::build
