#include "libcore/store/cache.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/store/state_file.hpp"

#include <fcntl.h>

namespace husk::store {
namespace {

constexpr std::size_t max_record_size = 1 << 20;

}  // namespace

// The first line is the diff id or "-", the rest is the note.
std::optional<CacheRecord> find_cache_record(const Store& store, const std::string& key_hex) {
  const auto text = find_state_file(store, "cache/" + key_hex, max_record_size);
  if (!text) return std::nullopt;
  const auto end = text->find('\n');
  if (end == std::string::npos) return std::nullopt;  // damaged: as good as not there
  const std::string first = text->substr(0, end);
  CacheRecord record{.diff_id = oci::Digest::parse(first), .note = text->substr(end + 1)};
  if (!record.diff_id && first != "-") return std::nullopt;
  return record;
}

void put_cache_record(const Lease& lease, const std::string& key_hex, const CacheRecord& record) {
  const std::string text = cat(record.diff_id ? record.diff_id->str() : "-", "\n", record.note);
  // Not durable: what a power failure takes away is built again.
  write_state_file(lease, "cache", key_hex, text, Durability::lazy);
}

}  // namespace husk::store
