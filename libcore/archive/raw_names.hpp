#pragma once

#include <locale.h>

namespace husk::archive {

/// While it lives, libarchive in this thread takes the character set to be UTF-8. What it converts then from
/// and to the UTF-8 of pax headers it copies; in another one it would give names that strangers chose to
/// iconv(3), which may load modules, and would lose bytes.
class RawNames {
 public:
  RawNames();
  RawNames(const RawNames&) = delete;
  ~RawNames();

 private:
  locale_t before_;
  locale_t utf8_;
};

}  // namespace husk::archive
