#include "libcore/build/hash_files.hpp"

#include "libcore/base/at.hpp"
#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/build/file_content.hpp"
#include "libcore/build/parallel.hpp"

#include <fcntl.h>
#include <algorithm>
#include <unordered_map>

namespace husk::build {
namespace {

Sha256::Value hash_file(int root, const SourceEntry& entry) {
  const Fd fd = open_entry(root, entry);
  Sha256 hash;
  // Most files are small, and to fill the rest with zeros took longer than to hash them.
  std::vector<std::byte> buffer(
      std::clamp<std::size_t>(static_cast<std::size_t>(entry.status().st_size), 1, 131072));
  while (const std::size_t count = read_some(fd.get(), buffer)) hash.update(std::span(buffer).first(count));
  const std::string attributes = read_attributes(fd.get(), entry.path);
  if (attributes.empty()) return hash.finish();
  Sha256 both;
  both.update(hash.finish());
  both.update(as_bytes(attributes));
  return both.finish();
}

}  // namespace

Fd open_entry(int root, const SourceEntry& entry) {
  // Not blocked by a fifo that took the file's place.
  Fd fd = open_source(root, entry.path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) throw_errno("examine ", quote(entry.path));
  const bool same = status.st_ino == entry.status().st_ino && status.st_size == entry.status().st_size &&
                    status.st_mtim.tv_sec == entry.status().st_mtim.tv_sec &&
                    status.st_mtim.tv_nsec == entry.status().st_mtim.tv_nsec && S_ISREG(status.st_mode);
  if (!same) throw Error(cat(quote(entry.path), " changed while it was read"));
  return fd;
}

void hash_files(int root, std::vector<Selection>& selections, StatCache* cache) {
  std::vector<SourceEntry*> unknown;  // each file once
  std::vector<std::pair<SourceEntry*, std::size_t>> again;
  std::unordered_map<std::string_view, std::size_t> seen;
  for (Selection& selection : selections) {
    for (SourceEntry& entry : selection.entries) {
      if (!entry.is_file() || entry.file->content) continue;
      if (const auto* const known = cache != nullptr ? cache->find(entry.path, entry.status()) : nullptr) {
        entry.file->content = *known;
      } else if (const auto [at, first] = seen.try_emplace(entry.path, unknown.size()); first) {
        unknown.push_back(&entry);
      } else {
        again.emplace_back(&entry, at->second);
      }
    }
  }
  for_each_parallel(unknown.size(),
                    [&](std::size_t i) { unknown[i]->file->content = hash_file(root, *unknown[i]); });
  for (const auto& [entry, first] : again) entry->file->content = unknown[first]->file->content;
  if (cache == nullptr) return;
  for (const SourceEntry* const entry : unknown)
    cache->put(entry->path, entry->status(), *entry->file->content);
}

}  // namespace husk::build
