#pragma once

#include "libcore/dockerfile/syntax.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace husk::dockerfile {

/// The "--name=value" words of one instruction. Each take_…() says that a flag is known here and gives what
/// there was of it; finish() throws SyntaxError for what nobody took.
class FlagReader {
 public:
  explicit FlagReader(const Node& node);

  Word take(std::string_view name);
  std::vector<Word> take_all(std::string_view name);
  std::optional<bool> take_bool(std::string_view name);
  void finish() const;

 private:
  struct Flag {
    Word name;  // without "--"
    std::optional<Word> value;
    bool taken = false;
  };
  const Node& node_;
  std::vector<Flag> flags_;
  std::vector<std::string_view> known_;
};

}  // namespace husk::dockerfile
