#pragma once

#include "libcore/base/fd.hpp"

#include <string>

namespace husk::build {

/// While it lives, standard output is somewhere else (what a step prints is no result of ours), and standard
/// error too if it is to be quiet. Programs that are started get both.
class Redirect {
 public:
  enum class Where { standard_error, memory };
  explicit Redirect(Where where);
  Redirect(const Redirect&) = delete;
  ~Redirect();

  /// The end of what was written, if it went to memory.
  std::string tail() const;

 private:
  Fd output_, errors_, memory_;
};

}  // namespace husk::build
