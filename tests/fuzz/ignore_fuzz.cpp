#include "libcore/base/error.hpp"
#include "libcore/dockerfile/ignore_file.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

// An ignore file, a NUL byte and a path. A walk, which asks for each directory and remembers, finds what
// asking for the whole path finds; below what may not be let in again nothing is.

namespace {

using namespace husk::dockerfile;

void check(const IgnoreMatcher& matcher, const std::string& path) {
  IgnoreMatcher::Verdicts parent, own;
  bool left_out = false, for_good = false;
  for (std::size_t end = 0; end != std::string::npos;) {
    end = path.find('/', end == 0 ? 0 : end + 1);
    const std::string_view part = std::string_view(path).substr(0, end);
    left_out = matcher.matches(part, parent, own);
    if (for_good && !left_out) std::abort();
    for_good = for_good || (left_out && !matcher.may_readmit_below(part));
    parent = own;
  }
  if (left_out != matcher.matches(path)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto nul = std::min(text.find('\0'), text.size());
  std::string path = clean_path(husk::cat("/", text.substr(std::min(nul + 1, text.size())))).substr(1);
  if (path.empty()) path = "a/b";
  try {
    check(IgnoreMatcher(parse_ignore_file(text.substr(0, nul))), path);
    (void)PathPattern(text.substr(0, nul), Dialect::glob).matches(path);
  } catch (const husk::Error&) {
    return 0;
  }
  return 0;
}
