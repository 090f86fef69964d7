#include "libcore/archive/tar_writer.hpp"

#include "libcore/archive/name_charset.hpp"
#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/base/unicode.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <exception>
#include <utility>
#include <vector>

namespace husk::archive {
namespace {

struct Free {
  void operator()(::archive* writer) const noexcept { (void)archive_write_free(writer); }
  void operator()(archive_entry* entry) const noexcept { archive_entry_free(entry); }
};

unsigned type_of(const TarEntry& entry) {
  using enum TarEntry::Kind;
  switch (entry.kind) {
    case directory: return AE_IFDIR;
    case symlink: return AE_IFLNK;
    case fifo: return AE_IFIFO;
    case device: return (entry.mode & AE_IFMT) == AE_IFBLK ? AE_IFBLK : AE_IFCHR;
    case socket: throw Error("a socket can't be in an archive");
    case file:
    case hard_link: break;
  }
  return AE_IFREG;
}

}  // namespace

struct TarWriter::State {
  explicit State(Sink sink) : out(std::move(sink)) {}

  NameCharset charset{NameCharset::For::writing};  // first: must outlive the writers
  Sink out;
  std::vector<std::byte> buffer;
  std::exception_ptr failure;  // of the sink: must not pass through C
  std::unique_ptr<archive_entry, Free> header{archive_entry_new()};
  // Names that are UTF-8 stand in pax headers as they are; others need "hdrcharset=BINARY" (POSIX, pax),
  // which libarchive writes for every entry or none. So there are two writers, each giving whole entries to
  // the same sink.
  std::unique_ptr<::archive, Free> plain = open(Names::utf8);
  std::unique_ptr<::archive, Free> binary;
  ::archive* writer = plain.get();

  enum class Names : std::uint8_t { utf8, bytes };

  std::unique_ptr<::archive, Free> open(Names names) {
    std::unique_ptr<::archive, Free> made(archive_write_new());
    if (!made || !header) throw std::bad_alloc();
    writer = made.get();
    check(archive_write_set_format_pax(writer));
    // As docker, podman and umoci read them, and once.
    check(archive_write_set_options(writer, "xattrheader=SCHILY"));
    if (names == Names::bytes) check(archive_write_set_options(writer, "hdrcharset=BINARY"));
    check(archive_write_set_bytes_per_block(writer, 0));
    check(archive_write_open(writer, this, nullptr, write_callback, nullptr));
    return made;
  }

  void choose_writer(const TarEntry& entry) {
    const bool is_text = is_utf8(entry.path) && is_utf8(entry.link);
    if (is_text == (writer == plain.get())) return;
    check(archive_write_finish_entry(writer));
    if (!is_text && !binary) binary = open(Names::bytes);
    writer = is_text ? plain.get() : binary.get();
  }

  // libarchive gives headers block by block: the sink gets larger pieces.
  void take(std::span<const std::byte> bytes) {
    if (buffer.size() + bytes.size() > piece_size) flush();
    if (bytes.size() >= piece_size) {
      out(bytes);
    } else {
      buffer.insert(buffer.end(), bytes.begin(), bytes.end());
    }
  }

  void flush() {
    if (!buffer.empty()) out(buffer);
    buffer.clear();
  }

  static la_ssize_t write_callback(::archive*, void* self, const void* data, std::size_t size) noexcept {
    State& state = *static_cast<State*>(self);
    // After a failure libarchive writes on, to end the entry and the archive.
    if (state.failure) return -1;
    try {
      state.take({static_cast<const std::byte*>(data), size});
      return static_cast<la_ssize_t>(size);
    } catch (...) {
      state.failure = std::current_exception();
      return -1;
    }
  }

  void check(int result) {
    if (failure) std::rethrow_exception(failure);
    if (result == ARCHIVE_OK) return;
    const char* const message = archive_error_string(writer);
    throw Error(cat("write tar archive: ", escape(message == nullptr ? "failed" : message)));
  }
};

TarWriter::TarWriter(Sink out) : state_(std::make_unique<State>(std::move(out))) {
  state_->buffer.reserve(piece_size);
}

TarWriter::~TarWriter() {
  // Half an archive: libarchive would end it, and the sink take it for whole.
  if (!state_->failure) state_->failure = std::make_exception_ptr(Error("archive was not finished"));
}

void TarWriter::begin(const TarEntry& entry) {
  state_->choose_writer(entry);
  archive_entry* const header = archive_entry_clear(state_->header.get());
  archive_entry_copy_pathname(header, entry.path.c_str());
  archive_entry_set_filetype(header, type_of(entry));
  archive_entry_set_perm(header, entry.mode & 07777);
  archive_entry_set_uid(header, entry.uid);
  archive_entry_set_gid(header, entry.gid);
  archive_entry_set_mtime(header, entry.mtime.seconds, entry.mtime.nanoseconds);
  archive_entry_set_size(header, entry.kind == TarEntry::Kind::file ? entry.size : 0);
  if (entry.kind == TarEntry::Kind::symlink) archive_entry_copy_symlink(header, entry.link.c_str());
  if (entry.kind == TarEntry::Kind::hard_link) archive_entry_copy_hardlink(header, entry.link.c_str());
  if (entry.kind == TarEntry::Kind::device) archive_entry_set_rdev(header, entry.device);
  for (const Xattr& xattr : entry.xattrs)
    archive_entry_xattr_add_entry(header, xattr.name.c_str(), xattr.value.data(), xattr.value.size());
  state_->check(archive_write_header(state_->writer, header));
}

void TarWriter::write(std::span<const std::byte> bytes) {
  const la_ssize_t count = archive_write_data(state_->writer, bytes.data(), bytes.size());
  state_->check(count < 0 ? ARCHIVE_FATAL : ARCHIVE_OK);
}

void TarWriter::finish(End end) {
  state_->check(archive_write_finish_entry(state_->writer));
  if (end == End::archive) state_->check(archive_write_close(state_->plain.get()));
  state_->flush();
  state_->failure = std::make_exception_ptr(Error("archive was finished"));
}

}  // namespace husk::archive
