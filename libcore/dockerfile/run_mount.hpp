#pragma once

#include "libcore/dockerfile/syntax.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace husk::dockerfile {

/// What one "RUN --mount=type=…,target=…" asks for.
struct RunMount {
  enum class Type : std::uint8_t { bind, cache, tmpfs, secret, ssh };
  enum class Sharing : std::uint8_t { shared, own, locked };  // own: "private"

  Type type = Type::bind;
  /// As it was written: it may be relative to WORKDIR. A secret without target and env has "/run/secrets/ID";
  /// otherwise "" where none was given.
  std::string target = {};
  std::string source = {};  // below FROM; "" is its root; of a secret always ""
  std::string from =
      {};               // stage, image or named context; "": the build context, and nothing at all for cache
  std::string id = {};  // of cache, secret and ssh never ""
  Sharing sharing = Sharing::shared;                           // cache
  bool read_only = true;                                       // as was said, else what TYPE has by default
  bool required = false;                                       // secret, ssh
  std::optional<std::string> env = {};                         // secret: the variable that holds it
  std::optional<std::uint64_t> size = {};                      // tmpfs: bytes
  std::optional<std::uint32_t> mode = {}, uid = {}, gid = {};  // cache, secret, ssh
  Position at = {};
};

/// Replaces the variables of one value.
using ExpandValue = std::function<std::string(const Word& value)>;

/// TEXT is the value of one --mount flag, options in any order. Throws SyntaxError: options that are unknown,
/// that TYPE does not have or that contradict each other, values that can't be, a variable in "from".
RunMount parse_run_mount(const Word& text, const ExpandValue& expand);

/// What "from" names, in which there can be no variable; "" if there is none. Throws SyntaxError.
std::string source_of_mount(const Word& text);

/// Throws what parse_run_mount() would throw whatever the variables hold.
void check_run_mount(const Word& text);

}  // namespace husk::dockerfile
