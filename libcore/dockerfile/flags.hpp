#pragma once

#include "libcore/dockerfile/diagnostics.hpp"
#include "libcore/dockerfile/syntax.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace husk::dockerfile {

/// The "--name=value" words of one instruction. Each take_…() says that a flag is known here and gives what
/// there was of it; what is wrong goes to the diagnostics, and the flag counts as not given. finish() tells
/// of those that nobody took.
class FlagReader {
 public:
  FlagReader(const Node& node, Diagnostics& diagnostics);

  Word take(std::string_view name);
  std::vector<Word> take_all(std::string_view name);
  std::optional<bool> take_bool(std::string_view name);
  void finish();

  Diagnostics& diagnostics() const noexcept { return diagnostics_; }

 private:
  struct Flag {
    Word name;  // without "--"
    std::optional<Word> value;
    bool taken = false;
  };
  Diagnostics& diagnostics_;
  std::vector<Flag> flags_;
  std::vector<std::string_view> known_;
};

}  // namespace husk::dockerfile
