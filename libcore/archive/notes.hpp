#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace husk::archive {

/// What was left out of an archive, to be told in few lines: a root file system has a dozen devices, and an
/// image of another tool thousands of files with the same xattr.
class Notes {
 public:
  /// WHAT, in the words for a message ("'dev/null'"), is left out, and why. Naming it again changes nothing.
  void add(std::string_view what, std::string_view reason);

  /// One for each reason, in the order in which they came: "'a' left out: WHY", "'a', 'b' and 7 more left
  /// out: WHY".
  std::vector<std::string> lines() const;

 private:
  struct Group {
    std::string reason;
    std::vector<std::string> named;
    std::uint64_t others = 0;
  };
  std::vector<Group> groups_;
};

}  // namespace husk::archive
