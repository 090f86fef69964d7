#include "libcore/build/stat_cache.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/base/sha256.hpp"
#include "libcore/base/text.hpp"
#include "libcore/base/time.hpp"
#include "libcore/store/state_file.hpp"

#include <cstring>

namespace husk::build {
namespace {

constexpr std::string_view magic = "husk stat cache 1\n";
constexpr std::size_t max_size = 1 << 28;
// Time stamps of files are those of the last timer tick, at most 10 ms old (HZ=100).
constexpr std::int64_t tick = 20'000'000;

std::int64_t nanoseconds(const struct timespec& time) { return time.tv_sec * 1'000'000'000 + time.tv_nsec; }

// What the file has for each path, the path itself behind it. In the byte order of the machine, whose own
// file it is.
struct Record {
  std::int64_t mtime, ctime;
  std::uint64_t size, inode;
  char sha256[64];
  std::uint64_t path_length;
};

}  // namespace

StatCache::StatCache(const store::Lease& lease, int root) : lease_(&lease) {
  struct stat status {};
  if (::fstat(root, &status) != 0) throw_errno("examine the build context");
  name_ = cat("stat-", status.st_dev, "-", status.st_ino);
  const Time time = now();
  began_ = time.seconds * 1'000'000'000 + time.nanoseconds;
  if (const auto text = store::find_state_file(lease.store(), "cache/" + name_, max_size)) load(*text);
}

void StatCache::load(std::string_view text) {
  if (!text.starts_with(magic)) return;
  text.remove_prefix(magic.size());
  while (text.size() >= sizeof(Record)) {
    Record record;
    std::memcpy(&record, text.data(), sizeof record);
    text.remove_prefix(sizeof record);
    if (record.path_length > text.size()) return;  // cut short: what came before is good
    entries_[std::string(text.substr(0, record.path_length))] = {
        record.mtime, record.ctime, record.size, record.inode,
        std::string(record.sha256, sizeof record.sha256)};
    text.remove_prefix(record.path_length);
  }
}

std::optional<std::string> StatCache::find(std::string_view path, const struct stat& status) const {
  const auto found = entries_.find(std::string(path));
  if (found == entries_.end()) return std::nullopt;
  const Entry& entry = found->second;
  entry.used = true;
  const bool same = entry.mtime == nanoseconds(status.st_mtim) &&
                    entry.ctime == nanoseconds(status.st_ctim) &&
                    entry.size == static_cast<std::uint64_t>(status.st_size) && entry.inode == status.st_ino;
  return same ? std::optional(entry.sha256) : std::nullopt;
}

void StatCache::put(const std::string& path, const struct stat& status, const std::string& sha256_hex) {
  Entry entry{nanoseconds(status.st_mtim),
              nanoseconds(status.st_ctim),
              static_cast<std::uint64_t>(status.st_size),
              status.st_ino,
              sha256_hex,
              true};
  if (std::max(entry.mtime, entry.ctime) > began_ - tick) return;
  entries_[path] = std::move(entry);
  changed_ = true;
}

void StatCache::save() {
  if (!changed_) return;
  std::size_t used = 0;
  for (const auto& [path, entry] : entries_) used += entry.used ? 1 : 0;
  const bool keep_all = used * 2 > entries_.size();
  std::string text(magic);
  for (const auto& [path, entry] : entries_) {
    if (!entry.used && !keep_all) continue;
    Record record{entry.mtime, entry.ctime, entry.size, entry.inode, {}, path.size()};
    std::memcpy(record.sha256, entry.sha256.data(), std::min(entry.sha256.size(), sizeof record.sha256));
    text.append(reinterpret_cast<const char*>(&record), sizeof record);
    text += path;
  }
  store::write_state_file(*lease_, "cache", name_, text, store::Durability::lazy);
  changed_ = false;
}

}  // namespace husk::build
