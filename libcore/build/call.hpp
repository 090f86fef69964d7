#pragma once

#include "libcore/build/options.hpp"

#include <cstdint>
#include <string>

namespace husk::build {

/// What is printed of a Dockerfile instead of building it.
struct Call {
  enum class Method : std::uint8_t { build, check, outline, targets, parse };
  enum class Format : std::uint8_t { text, json, sexp };
  Method method = Method::build;
  Format format = Format::text;
};

/// --call METHOD[,format=FORMAT], --format FORMAT and --check as they were given; "" where they were not.
/// Throws Error with exit usage.
Call parse_call(const std::string& call, const std::string& format, bool check);

struct CallResult {
  std::string text;   // for standard output
  std::string error;  // why the Dockerfile can't be built; the other fields hold what can be said still
  std::string hint;   // about the error
  std::string note;   // what might be wrong with the answer
  bool warned = false;
};

/// Reads the store only for the configuration of base images, and needs one for a context that is no
/// directory; builds and pulls nothing. METHOD is not build.
CallResult carry_out(const Call& call, const Options& options);

}  // namespace husk::build
