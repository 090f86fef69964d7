#include "libcore/archive/tar_writer.hpp"

#include "libcore/archive/raw_names.hpp"
#include "libcore/base/error.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <exception>
#include <utility>
#include <vector>

namespace husk::archive {
namespace {

constexpr std::size_t buffer_size = 256 * 1024;

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
  RawNames raw_names;  // first: must outlive the writer
  Sink out;
  std::vector<std::byte> buffer;
  std::exception_ptr failure;  // of the sink: must not pass through C
  std::unique_ptr<archive_entry, Free> header{archive_entry_new()};
  std::unique_ptr<::archive, Free> writer{archive_write_new()};

  // libarchive gives headers block by block: the sink gets larger pieces.
  void take(std::span<const std::byte> bytes) {
    if (buffer.size() + bytes.size() > buffer_size) flush();
    if (bytes.size() >= buffer_size) {
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
    const char* const message = archive_error_string(writer.get());
    throw Error(cat("write tar archive: ", escape(message == nullptr ? "failed" : message)));
  }
};

TarWriter::TarWriter(Sink out) : state_(std::make_unique<State>()) {
  ::archive* const writer = state_->writer.get();
  if (writer == nullptr || !state_->header) throw std::bad_alloc();
  state_->out = std::move(out);
  state_->buffer.reserve(buffer_size);
  state_->check(archive_write_set_format_pax(writer));
  // Names as they are, marked so (POSIX pax, hdrcharset); xattrs once, as docker, podman and umoci read them.
  state_->check(archive_write_set_options(writer, "hdrcharset=BINARY,xattrheader=SCHILY"));
  state_->check(archive_write_set_bytes_per_block(writer, 0));
  state_->check(archive_write_open(writer, state_.get(), nullptr, State::write_callback, nullptr));
}

TarWriter::~TarWriter() {
  // Half an archive: libarchive would end it, and the sink take it for whole.
  if (!state_->failure) state_->failure = std::make_exception_ptr(Error("archive was not finished"));
}

void TarWriter::begin(const TarEntry& entry) {
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
  state_->check(archive_write_header(state_->writer.get(), header));
}

void TarWriter::write(std::span<const std::byte> bytes) {
  const la_ssize_t count = archive_write_data(state_->writer.get(), bytes.data(), bytes.size());
  state_->check(count < 0 ? ARCHIVE_FATAL : ARCHIVE_OK);
}

void TarWriter::finish() {
  state_->check(archive_write_close(state_->writer.get()));
  state_->flush();
  state_->failure = std::make_exception_ptr(Error("archive was finished"));
}

}  // namespace husk::archive
