#include "libcore/archive/extract.hpp"
#include "libcore/archive/pack.hpp"
#include "libcore/base/error.hpp"
#include "libcore/base/fd.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>

// Whatever the archive says: it is refused with an Error, or the tree that it made can be packed and unpacked
// again to the same; the file beside the tree stays as it is.

namespace {

using namespace husk;

struct Place {
  std::filesystem::path top;
  Place() {
    std::string name = (std::filesystem::temp_directory_path() / "husk-fuzz.XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) std::abort();
    top = name;
    const Fd canary(::open((top / "canary").c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640));
    if (!canary || ::write(canary.get(), "secret", 6) != 6) std::abort();
  }
  ~Place() {
    std::error_code ignored;
    std::filesystem::remove_all(top, ignored);
  }
  Place(const Place&) = delete;
  Fd make(const char* name) const {
    if (::mkdir((top / name).c_str(), 0700) != 0) std::abort();
    return Fd(::open((top / name).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  }
  void check() const {
    struct stat status {};
    if (::lstat((top / "canary").c_str(), &status) != 0 || status.st_size != 6 || status.st_nlink != 1 ||
        (status.st_mode & 07777) != 0640)
      std::abort();
    if (std::distance(std::filesystem::directory_iterator(top), {}) > 3) std::abort();
  }
};

archive::Source from(std::string_view text) {
  return [text](std::span<std::byte> buffer) mutable {
    const std::size_t count = std::min(buffer.size(), text.size());
    std::memcpy(buffer.data(), text.data(), count);
    text.remove_prefix(count);
    return count;
  };
}

std::string packed(int root) {
  std::string tar;
  (void)archive::pack(root,
                      [&](std::span<const std::byte> bytes) {
                        tar.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
                      },
                      {.root_owns_all = true});
  return tar;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Place place;
  const Fd first = place.make("first");
  const archive::ExtractOptions options{
      .owners = archive::Owners::record, .max_entries = 1000, .max_bytes = 1 << 20};
  try {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    (void)archive::extract(archive::decompress(from(text), 1 << 24), first.get(), options);
  } catch (const Error&) {
    place.check();
    return 0;
  }
  place.check();
  std::string tar;
  try {
    tar = packed(first.get());
  } catch (const Error&) {
    return 0;  // files that their owner may not read
  }
  const Fd second = place.make("second");
  (void)archive::extract(from(tar), second.get(), options);
  if (packed(second.get()) != tar) std::abort();
  return 0;
}
