#include "libcore/oci/reference_pattern.hpp"

#include "libcore/base/text.hpp"

#include <fnmatch.h>

namespace husk::oci {

bool is_reference_pattern(std::string_view text) {
  return text.find_first_of("*?[") != std::string_view::npos;
}

bool matches_pattern(const Reference& reference, const std::string& pattern) {
  const auto matches = [&](const std::string& name) {
    return ::fnmatch(pattern.c_str(), name.c_str(), FNM_PATHNAME) == 0;
  };
  const std::string name = reference.familiar_name();
  if (matches(name) || matches(reference.familiar())) return true;
  return !reference.tag.empty() && matches(cat(name, ":", reference.tag));
}

}  // namespace husk::oci
