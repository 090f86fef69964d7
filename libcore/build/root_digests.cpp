#include "libcore/build/root_digests.hpp"

#include "libcore/archive/tar_reader.hpp"
#include "libcore/base/io.hpp"
#include "libcore/base/sha256.hpp"
#include "libcore/build/read_layer.hpp"
#include "libcore/build/root_output.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace husk::build {
namespace {

using archive::TarEntry;

// Up to a place in the file, where it has a hole.
void add_zeros(Sha256& hash, std::int64_t count) {
  static constexpr std::array<std::byte, 65536> zeros{};
  while (count > 0) {
    check_interrupted();
    const auto piece = std::min(count, static_cast<std::int64_t>(zeros.size()));
    hash.update(std::span(zeros).first(static_cast<std::size_t>(piece)));
    count -= piece;
  }
}

oci::Digest digest_content(archive::TarReader& reader, std::int64_t size) {
  Sha256 hash;
  std::int64_t at = 0;
  archive::TarReader::Piece piece;
  while (reader.read(piece)) {
    add_zeros(hash, piece.offset - at);
    hash.update(piece.bytes);
    at = piece.offset + static_cast<std::int64_t>(piece.bytes.size());
  }
  add_zeros(hash, size - at);
  return oci::Digest::of_sha256(hash.finish());
}

}  // namespace

std::vector<oci::Statement::Subject> digest_root_files(const Session& session,
                                                       const oci::ImageConfig& config) {
  std::map<std::string, oci::Digest> digests;
  through_pipe([&](int out) { write_root_tar(session, {config}, out); },
               [&](int in) {
                 archive::TarReader reader(archive::read_from(in));
                 while (const TarEntry* const entry = reader.next()) {
                   if (entry->kind == TarEntry::Kind::file) {
                     digests.insert_or_assign(entry->path, digest_content(reader, entry->size));
                   } else if (entry->kind == TarEntry::Kind::hard_link) {
                     const auto file = digests.find(entry->link);
                     if (file != digests.end()) digests.insert_or_assign(entry->path, file->second);
                   }
                 }
                 reader.drain();
               });
  std::vector<oci::Statement::Subject> subjects;
  subjects.reserve(digests.size());
  for (const auto& [path, digest] : digests) subjects.push_back({path, digest});
  return subjects;
}

}  // namespace husk::build
