#pragma once

#include "libcore/archive/stream.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace husk::build {

/// One line of CSV (RFC 4180): a field in quotes may have commas, and two quotes for one.
std::vector<std::string> split_fields(std::string_view text);

/// "KEY=VALUE" fields, each asked for at most once; what is left was not understood. All throw Error with
/// exit usage.
class Fields {
 public:
  explicit Fields(const std::vector<std::string>& fields);

  std::string take(const std::string& key, const std::string& otherwise = "");
  bool take_flag(const std::string& key, bool otherwise);
  void refuse_others(const std::string& what) const;

 private:
  std::map<std::string, std::string> values_;
};

archive::Compression parse_compression(const std::string& text);

}  // namespace husk::build
