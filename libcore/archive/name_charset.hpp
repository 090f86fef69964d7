#pragma once

#include <locale.h>
#include <cstdint>

namespace husk::archive {

/// Names in archives are bytes, but libarchive converts those of pax headers between UTF-8 and the character
/// set of the thread's locale. While an object of this class lives, that set is one that leaves them as they
/// are:
///
/// - reading, ASCII: what is not ASCII can't be converted, and libarchive gives the bytes of the archive,
/// with a warning.
///   In a UTF-8 locale it would bring them to a normal form, which makes two names one. glibc converts
///   between these two by itself: no module is loaded.
/// - writing, UTF-8: what is UTF-8 is copied.
class NameCharset {
 public:
  enum class For : std::uint8_t { reading, writing };
  explicit NameCharset(For use);
  NameCharset(const NameCharset&) = delete;
  ~NameCharset();

 private:
  locale_t before_;
  locale_t locale_;
};

}  // namespace husk::archive
