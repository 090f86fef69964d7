#include "libcore/archive/name_charset.hpp"

#include <array>

namespace husk::archive {
namespace {

locale_t open_utf8() {
  // Distributions have one of these; without any, names that aren't ASCII are marked as binary, which is
  // right, too.
  for (const char* const name : std::array{"C.UTF-8", "C.utf8", "en_US.UTF-8"}) {
    if (const locale_t locale = ::newlocale(LC_CTYPE_MASK, name, nullptr); locale != nullptr) return locale;
  }
  return nullptr;
}

}  // namespace

NameCharset::NameCharset(For use)
    : before_(::uselocale(nullptr)),
      locale_(use == For::writing ? open_utf8() : ::newlocale(LC_CTYPE_MASK, "C", nullptr)) {
  if (locale_ != nullptr) ::uselocale(locale_);
}

NameCharset::~NameCharset() {
  if (locale_ == nullptr) return;
  ::uselocale(before_);
  ::freelocale(locale_);
}

}  // namespace husk::archive
