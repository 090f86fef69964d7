#include "libcore/build/stat_cache.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/base/text.hpp"
#include "libcore/base/time.hpp"
#include "libcore/store/state_file.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

namespace husk::build {
namespace {

constexpr std::string_view magic = "husk stat cache 2\n";
constexpr std::size_t max_cache_size = 1 << 28;
// Time stamps of files are those of the last timer tick, at most 10 ms old (HZ=100).
constexpr std::int64_t tick = 20'000'000;

std::int64_t nanoseconds(const struct timespec& time) { return time.tv_sec * 1'000'000'000 + time.tv_nsec; }

// In the byte order of the machine, whose own file it is.
template <class Value>
void append(std::string& out, const Value& value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

}  // namespace

StatCache::StatCache(const store::Lease& lease, int root) : lease_(&lease) {
  struct stat status {};
  if (::fstat(root, &status) != 0) throw_errno("examine the build context");
  name_ = cat("stat-", status.st_dev, "-", status.st_ino);
  const Time time = now();
  began_ = time.seconds * 1'000'000'000 + time.nanoseconds;
  load();
}

void StatCache::load() {
  auto text = store::find_state_file(lease_->store(), "cache/" + name_, max_cache_size);
  if (!text) return;
  text_ = std::move(*text);
  std::string_view rest = text_;
  std::uint64_t count = 0;
  if (!rest.starts_with(magic) || rest.size() < magic.size() + sizeof count) return;
  rest.remove_prefix(magic.size());
  std::memcpy(&count, rest.data(), sizeof count);
  rest.remove_prefix(sizeof count);
  if (count > rest.size() / sizeof(Record)) return;  // cut short
  records_.resize(count);
  if (count > 0) std::memcpy(records_.data(), rest.data(), count * sizeof(Record));
  paths_ = rest.substr(count * sizeof(Record));
  used_.resize(count);
}

std::string_view StatCache::path_of(const Record& record) const {
  // A file that was cut short has no path for its last records.
  return record.path < paths_.size() ? paths_.substr(record.path, record.length) : std::string_view();
}

StatCache::Seen StatCache::seen_of(const struct stat& status) {
  return {nanoseconds(status.st_mtim), nanoseconds(status.st_ctim),
          static_cast<std::uint64_t>(status.st_size), status.st_ino};
}

const StatCache::Record* StatCache::find_record(std::string_view path) {
  if (next_ >= records_.size() || path_of(records_[next_]) != path) {
    const auto found = std::lower_bound(
        records_.begin(), records_.end(), path,
        [&](const Record& record, std::string_view wanted) { return path_of(record) < wanted; });
    if (found == records_.end() || path_of(*found) != path) return nullptr;
    next_ = static_cast<std::size_t>(found - records_.begin());
  }
  return &records_[next_++];
}

const Sha256::Value* StatCache::find(std::string_view path, const struct stat& status) {
  const Seen seen = seen_of(status);
  if (!fresh_.empty()) {
    const auto fresh = fresh_.find(std::string(path));
    if (fresh != fresh_.end()) return fresh->second.seen == seen ? &fresh->second.sha256 : nullptr;
  }
  const Record* const record = find_record(path);
  if (record == nullptr) return nullptr;
  used_[static_cast<std::size_t>(record - records_.data())] = true;
  return record->seen == seen ? &record->sha256 : nullptr;
}

void StatCache::put(const std::string& path, const struct stat& status, const Sha256::Value& sha256) {
  const Seen seen = seen_of(status);
  const bool racy = std::max(seen.mtime, seen.ctime) > began_ - tick;
  fresh_.insert_or_assign(path, Fresh{seen, sha256, racy});
  changed_ = changed_ || !racy;
}

void StatCache::save() {
  if (!changed_) return;
  const auto used = static_cast<std::size_t>(std::count(used_.begin(), used_.end(), true));
  const bool keep_all = (used + fresh_.size()) * 2 > records_.size();
  std::vector<std::pair<std::string_view, Record>> all;
  for (std::size_t i = 0; i < records_.size(); ++i) {
    const std::string_view path = path_of(records_[i]);
    if ((used_[i] || keep_all) && !fresh_.contains(std::string(path))) all.emplace_back(path, records_[i]);
  }
  for (const auto& [path, fresh] : fresh_) {
    if (!fresh.racy) all.emplace_back(path, Record{fresh.seen, fresh.sha256});
  }
  std::sort(all.begin(), all.end(),
            [](const auto& one, const auto& other) { return one.first < other.first; });
  std::string text(magic), paths;
  append(text, std::uint64_t{all.size()});
  for (auto& [path, record] : all) {
    if (paths.size() + path.size() > std::numeric_limits<std::uint32_t>::max()) return;
    record.path = static_cast<std::uint32_t>(paths.size());
    record.length = static_cast<std::uint32_t>(path.size());
    paths += path;
    append(text, record);
  }
  text += paths;
  if (text.size() <= max_cache_size)
    store::write_state_file(*lease_, "cache", name_, text, store::Durability::lazy);
  changed_ = false;
}

}  // namespace husk::build
