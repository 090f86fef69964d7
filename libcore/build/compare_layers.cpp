#include "libcore/build/compare_layers.hpp"

#include "libcore/archive/tar_reader.hpp"
#include "libcore/base/io.hpp"
#include "libcore/base/sha256.hpp"
#include "libcore/base/text.hpp"
#include "libcore/base/time.hpp"

#include <array>
#include <charconv>

namespace husk::build {
namespace {

using archive::TarEntry;

constexpr std::size_t shown_digits = 12;

std::string octal(mode_t mode) {
  std::array<char, 16> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), mode & 07777U, 8).ptr;
  return {digits.data(), end};
}

std::string describe(TarEntry::Kind kind) {
  switch (kind) {
    case TarEntry::Kind::file: return "a file";
    case TarEntry::Kind::directory: return "a directory";
    case TarEntry::Kind::symlink: return "a symbolic link";
    case TarEntry::Kind::hard_link: return "a hard link";
    case TarEntry::Kind::fifo: return "a fifo";
    case TarEntry::Kind::device: return "a device";
    case TarEntry::Kind::socket: return "a socket";
  }
  return {};
}

// Where bytes are counts, too: there are holes between pieces.
std::string read_content(archive::TarReader& reader) {
  Sha256 hash;
  archive::TarReader::Piece piece;
  while (reader.read(piece)) {
    hash.update(as_bytes(cat(piece.offset, " ", piece.bytes.size(), "\n")));
    hash.update(piece.bytes);
  }
  return to_hex(hash.finish()).substr(0, shown_digits);
}

FileFacts facts_of(const TarEntry& entry) {
  FileFacts facts = {{"type", describe(entry.kind)},
                     {"mode", octal(entry.mode)},
                     {"owner", cat(entry.uid, ":", entry.gid)},
                     {"time", format_rfc3339(entry.mtime)}};
  if (!entry.link.empty()) facts["target"] = entry.link;
  if (entry.kind == TarEntry::Kind::device) facts["device"] = cat(entry.device);
  if (entry.kind == TarEntry::Kind::file) facts["size"] = cat(entry.size);
  for (const archive::Xattr& each : entry.xattrs)
    facts[cat("attribute ", each.name)] = sha256_hex(as_bytes(each.value)).substr(0, shown_digits);
  return facts;
}

// "mode 644 and 600"; of what nobody could read, only that it differs.
std::string describe(const std::string& name, const std::string& first, const std::string& second) {
  if (name == "content" || name.starts_with("attribute ")) return escape(name);
  return cat(name, " ", escape(first.empty() ? "none" : first), " and ",
             escape(second.empty() ? "none" : second));
}

std::string compare_files(const FileFacts& first, const FileFacts& second) {
  std::string text;
  const auto add = [&](const std::string& name, const std::string& one, const std::string& other) {
    if (one == other) return;
    text += cat(text.empty() ? "" : ", ", describe(name, one, other));
  };
  for (const auto& [name, value] : first) {
    const auto found = second.find(name);
    add(name, value, found == second.end() ? "" : found->second);
  }
  for (const auto& [name, value] : second) {
    if (!first.contains(name)) add(name, "", value);
  }
  return text;
}

}  // namespace

LayerFacts read_layer_facts(archive::Source tar) {
  LayerFacts layer;
  archive::TarReader reader(std::move(tar));
  while (const TarEntry* const entry = reader.next()) {
    FileFacts facts = facts_of(*entry);
    std::string path = entry->path;
    while (path.ends_with('/')) path.pop_back();
    if (path.starts_with("./")) path.erase(0, 2);
    if (entry->kind == TarEntry::Kind::file) facts["content"] = read_content(reader);
    layer.insert_or_assign(std::move(path), std::move(facts));
  }
  reader.drain();
  return layer;
}

std::vector<std::string> compare_layers(const LayerFacts& first, const LayerFacts& second) {
  std::vector<std::string> lines;
  for (const auto& [path, facts] : first) {
    const auto found = second.find(path);
    if (found == second.end()) {
      lines.push_back(cat(escape(path), ": only in the first"));
    } else if (const std::string text = compare_files(facts, found->second); !text.empty()) {
      lines.push_back(cat(escape(path), ": ", text));
    }
  }
  for (const auto& [path, facts] : second) {
    if (!first.contains(path)) lines.push_back(cat(escape(path), ": only in the second"));
  }
  return lines;
}

}  // namespace husk::build
