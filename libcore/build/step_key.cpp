#include "libcore/build/step_key.hpp"

#include "libcore/base/io.hpp"
#include "libcore/base/text.hpp"

namespace husk::build {
namespace {

// Changes when a step of this version does something else than that of an older one.
constexpr std::string_view format = "husk build step 1";

}  // namespace

StepKey::StepKey(std::string_view parent, std::string_view instruction) {
  add("format", format);
  add("parent", parent);
  add("instruction", instruction);
}

void StepKey::add(std::string_view name, std::string_view value) {
  hash_.update(as_bytes(cat(name.size(), ":", name, value.size(), ":")));
  hash_.update(as_bytes(value));
  parts_ += cat(escape(name), " ", sha256_hex(as_bytes(value)).substr(0, 16), "\n");
}

std::string StepKey::finish() { return to_hex(hash_.finish()); }

}  // namespace husk::build
