#include "libcore/archive/tar_reader.hpp"

#include "libcore/archive/name_charset.hpp"
#include "libcore/base/error.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <sys/stat.h>
#include <algorithm>
#include <cstring>
#include <exception>
#include <vector>

namespace husk::archive {
namespace {

constexpr std::size_t block_size = std::size_t{512} << 10;
constexpr int max_xattrs = 256;
constexpr std::size_t max_xattr_size = std::size_t{64} << 10;

struct FreeReader {
  void operator()(::archive* reader) const noexcept { (void)archive_read_free(reader); }
};

TarEntry::Kind kind_of(archive_entry* header) {
  using enum TarEntry::Kind;
  if (archive_entry_hardlink(header) != nullptr) return hard_link;
  switch (archive_entry_filetype(header)) {
    case AE_IFDIR: return directory;
    case AE_IFLNK: return symlink;
    case AE_IFIFO: return fifo;
    case AE_IFCHR:
    case AE_IFBLK: return device;
    case AE_IFSOCK: return socket;
    default: return file;
  }
}

std::string text_or_empty(const char* text) { return text == nullptr ? std::string() : text; }

void read_xattrs(archive_entry* header, std::vector<Xattr>& xattrs) {
  xattrs.clear();
  if (archive_entry_xattr_reset(header) > max_xattrs) throw Error(cat("more than ", max_xattrs, " xattrs"));
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  while (archive_entry_xattr_next(header, &name, &value, &size) == ARCHIVE_OK) {
    if (size > max_xattr_size)
      throw Error(cat("xattr ", quote(name), " is larger than ", max_xattr_size, " bytes"));
    // libarchive writes each twice, in its own way and in star's.
    const auto same = [name](const Xattr& xattr) { return xattr.name == name; };
    if (std::none_of(xattrs.begin(), xattrs.end(), same))
      xattrs.push_back({name, std::string(static_cast<const char*>(value), size)});
  }
}

}  // namespace

struct TarReader::State {
  NameCharset charset{NameCharset::For::reading};  // first: must outlive the reader
  Source tar;
  std::vector<std::byte> buffer = std::vector<std::byte>(block_size);
  std::exception_ptr failure;  // of the source: must not pass through C
  bool ended = false;
  bool empty = true;
  TarEntry entry;
  std::unique_ptr<::archive, FreeReader> reader{archive_read_new()};

  la_ssize_t fill(const void** data) noexcept {
    try {
      const std::size_t count = tar(buffer);
      ended = count == 0;
      empty = empty && ended;
      *data = buffer.data();
      return static_cast<la_ssize_t>(count);
    } catch (...) {
      failure = std::current_exception();
      return -1;
    }
  }

  static la_ssize_t fill_callback(::archive*, void* state, const void** data) {
    return static_cast<State*>(state)->fill(data);
  }

  [[noreturn]] void fail() {
    if (failure) std::rethrow_exception(std::exchange(failure, nullptr));
    throw Error(cat("damaged tar archive: ", escape(text_or_empty(archive_error_string(reader.get())))));
  }

  // Names that are no ASCII come with a warning and as they are: that is what we want. Whatever else
  // libarchive warns of it has ignored, and a header of which a part was ignored says something else than
  // what was signed.
  bool is_harmless() {
    const char* const message = archive_error_string(reader.get());
    return message == nullptr || std::strstr(message, "can't be converted") != nullptr;
  }
};

TarReader::TarReader(Source tar) : state_(std::make_unique<State>()) {
  state_->tar = std::move(tar);
  ::archive* const reader = state_->reader.get();
  if (reader == nullptr) throw std::bad_alloc();
  // No archive_read_support_*_all(): fewer parsers for strangers to talk to, and some filters run programs.
  if (archive_read_support_format_tar(reader) != ARCHIVE_OK) state_->fail();
  const int result = archive_read_open(reader, state_.get(), nullptr, State::fill_callback, nullptr);
  // An archive without a single byte has no format that could be told, but is one: next() gives its end.
  if (result != ARCHIVE_OK && !(state_->empty && state_->ended)) state_->fail();
}

TarReader::~TarReader() = default;

const TarEntry* TarReader::next() {
  if (state_->empty && state_->ended) return nullptr;
  archive_entry* header = nullptr;
  const int result = archive_read_next_header(state_->reader.get(), &header);
  if (state_->failure) state_->fail();
  if (result == ARCHIVE_EOF) return nullptr;
  if (result != ARCHIVE_OK && (result != ARCHIVE_WARN || !state_->is_harmless())) state_->fail();
  TarEntry& entry = state_->entry;
  entry.kind = kind_of(header);
  entry.path = text_or_empty(archive_entry_pathname(header));
  entry.link = text_or_empty(entry.kind == TarEntry::Kind::hard_link ? archive_entry_hardlink(header)
                                                                     : archive_entry_symlink(header));
  entry.mode = archive_entry_mode(header);
  entry.uid = archive_entry_uid(header);
  entry.gid = archive_entry_gid(header);
  entry.size = archive_entry_size(header);
  entry.device = archive_entry_rdev(header);
  entry.mtime = {archive_entry_mtime(header), static_cast<std::int32_t>(archive_entry_mtime_nsec(header))};
  read_xattrs(header, entry.xattrs);
  entry.has_acl = archive_entry_acl_types(header) != 0;
  return &entry;
}

bool TarReader::read(Piece& piece) {
  const void* data = nullptr;
  std::size_t size = 0;
  la_int64_t offset = 0;
  const int result = archive_read_data_block(state_->reader.get(), &data, &size, &offset);
  if (result == ARCHIVE_EOF) return false;
  if (result != ARCHIVE_OK || state_->failure) state_->fail();
  piece = {{static_cast<const std::byte*>(data), size}, offset};
  return true;
}

void TarReader::drain() {
  while (!state_->ended) {
    const void* data = nullptr;
    if (state_->fill(&data) < 0) state_->fail();
  }
}

}  // namespace husk::archive
