#include "libcore/base/directory_stream.hpp"

#include "libcore/base/error.hpp"

#include <cerrno>
#include <string_view>

namespace husk {

DirectoryStream::DirectoryStream(Fd directory, std::string name)
    : name_(std::move(name)), stream_(::fdopendir(directory.get())) {
  if (!stream_) throw_errno("read the directory ", quote(name_));
  (void)directory.release();  // the stream closes it
}

const dirent* DirectoryStream::next() {
  errno = 0;
  while (const dirent* const entry = ::readdir(stream_.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") return entry;
    errno = 0;
  }
  if (errno != 0) throw_errno("read the directory ", quote(name_));
  return nullptr;
}

}  // namespace husk
