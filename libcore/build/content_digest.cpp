#include "libcore/build/content_digest.hpp"

#include "libcore/base/io.hpp"
#include "libcore/base/text.hpp"

#include <charconv>
#include <map>

namespace husk::build {
namespace {

// Hashes what is added to it in large pieces: 50 000 files are half a million short values.
class Feed {
 public:
  Feed() { buffer_.reserve(limit + 8192); }

  void put(std::string_view value) {
    put(value.size());
    buffer_ += value;
  }
  void put(std::uint64_t number) {
    std::array<char, 24> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    buffer_.append(digits.data(), end);
    buffer_ += ' ';
    if (buffer_.size() > limit) flush();
  }
  std::string finish() {
    flush();
    return to_hex(hash_.finish());
  }

 private:
  static constexpr std::size_t limit = 1 << 16;

  void flush() {
    hash_.update(as_bytes(buffer_));
    buffer_.clear();
  }

  Sha256 hash_;
  std::string buffer_;
};

mode_t counted_mode(const SourceEntry& entry, ModeCounts counts) {
  // What a link has for a mode means nothing, and the top of a directory's content is not copied itself.
  if (entry.is_link() || (entry.relative().empty() && entry.is_directory())) return 0;
  const mode_t mode = entry.status().st_mode & 07777;
  switch (counts) {
    case ModeCounts::all: return mode;
    case ModeCounts::executable: return mode & (07000 | S_IXUSR);
    case ModeCounts::none: break;
  }
  return 0;
}

}  // namespace

std::string digest_of(const std::vector<Selection>& selections, const DigestOptions& options) {
  Feed feed;
  for (const Selection& selection : selections) {
    feed.put(selection.is_directory() ? "" : std::string_view(selection.name));
    std::map<std::pair<dev_t, ino_t>, std::uint64_t>
        linked;  // by number, the first name of a file with several
    std::uint64_t number = 0;
    for (const SourceEntry& entry : selection.entries) {
      const struct stat& status = entry.status();
      ++number;
      feed.put(entry.relative());
      feed.put(std::uint64_t{status.st_mode & S_IFMT} | counted_mode(entry, options.modes));
      if (options.with_owners) {
        feed.put(std::uint64_t{status.st_uid});
        feed.put(std::uint64_t{status.st_gid});
      }
      if (entry.is_directory()) feed.put(entry.attributes);
      if (S_ISCHR(status.st_mode) || S_ISBLK(status.st_mode)) feed.put(std::uint64_t{status.st_rdev});
      if (entry.is_link()) feed.put(entry.link_target());
      if (!entry.is_file()) continue;
      feed.put(as_text(*entry.file->content));
      const std::uint64_t first =
          status.st_nlink > 1 ? linked.try_emplace({status.st_dev, status.st_ino}, number).first->second
                              : number;
      feed.put(number - first);
    }
  }
  return feed.finish();
}

}  // namespace husk::build
