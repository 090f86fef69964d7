#include "libcore/archive/raw_names.hpp"

#include <array>

namespace husk::archive {
namespace {

locale_t open_utf8() {
  // C.UTF-8 comes with the C library of every distribution of these years; where it is missing, names that
  // aren't ASCII are still right, for libarchive falls back to the bytes as they are.
  for (const char* const name : std::array{"C.UTF-8", "C.utf8", "en_US.UTF-8"}) {
    if (const locale_t locale = ::newlocale(LC_CTYPE_MASK, name, nullptr); locale != nullptr) return locale;
  }
  return nullptr;
}

}  // namespace

RawNames::RawNames() : before_(::uselocale(nullptr)), utf8_(open_utf8()) {
  if (utf8_ != nullptr) ::uselocale(utf8_);
}

RawNames::~RawNames() {
  if (utf8_ == nullptr) return;
  ::uselocale(before_);
  ::freelocale(utf8_);
}

}  // namespace husk::archive
