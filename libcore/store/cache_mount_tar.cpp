#include "libcore/store/cache_mount_tar.hpp"

#include "libcore/archive/extract.hpp"
#include "libcore/archive/pack.hpp"
#include "libcore/base/at.hpp"
#include "libcore/base/error.hpp"
#include "libcore/base/message.hpp"
#include "libcore/store/measure_tree.hpp"
#include "libcore/store/open_tree.hpp"
#include "libcore/userns/run_in.hpp"

#include <fcntl.h>
#include <array>
#include <charconv>
#include <cstddef>

namespace husk::store {
namespace {

constexpr std::uint64_t max_cache_size = 1ULL << 40;

std::string print_lines(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) add_field(text, line);
  return text;
}

void take_lines(std::string_view text, std::vector<std::string>& lines) {
  while (!text.empty()) lines.push_back(take_field(text));
}

std::filesystem::path tree_of(const Store& store, const CacheMountInfo& info) {
  return store.path() / "cache/mounts" / info.name / "tree";
}

// Runs as root of the user namespace. Nothing for one that changes while it is looked at.
std::string measure(const std::filesystem::path& tree) try {
  return cat(content_size(open_tree(tree).get()));
} catch (const Error&) {
  return "";
}

void measure_those_of(userns::MapKind kind, const Store& store, const std::vector<CacheMountInfo>& all,
                      std::vector<std::optional<std::uint64_t>>& sizes) try {
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].key.map == kind) chosen.push_back(i);
  }
  if (chosen.empty()) return;
  const std::string text = userns::run_in(map_of_cache(all[chosen.front()].key), [&] {
    std::string sizes_text;
    for (const std::size_t i : chosen) add_field(sizes_text, measure(tree_of(store, all[i])));
    return sizes_text;
  });
  std::string_view rest = text;
  for (const std::size_t i : chosen) {
    const std::string field = take_field(rest);
    std::uint64_t size = 0;
    if (std::from_chars(field.data(), field.data() + field.size(), size).ec == std::errc()) sizes[i] = size;
  }
} catch (const Error&) {
  // Without the map nobody can look into them; they are listed all the same.
}

}  // namespace

userns::IdMap map_of_cache(const CacheMountKey& key) {
  return userns::choose_map(key.map == userns::MapKind::single ? userns::Choice::single
                                                               : userns::Choice::subordinate);
}

bool export_cache_mount(const Store& store, const CacheMountInfo& info, int out,
                        std::vector<std::string>& notes, const WaitForCache& wait) {
  const userns::IdMap map = map_of_cache(info.key);
  const auto mount = lock_cache_mount(store, info.name, wait);
  if (!mount) return false;
  take_lines(userns::run_in(map,
                            [&] {
                              return print_lines(
                                  archive::pack(open_tree(mount->tree()).get(), archive::write_to(out),
                                                {.whiteouts = archive::Whiteouts::literal,
                                                 .owners = {},
                                                 .root_owns_all = map.kind == userns::MapKind::single,
                                                 .prefix = {}}));
                            }),
             notes);
  return true;
}

void import_cache_mount(const Lease& lease, const CacheMountKey& key, int tar,
                        std::vector<std::string>& notes, const WaitForCache& wait) {
  const userns::IdMap map = map_of_cache(key);
  const bool single = map.kind == userns::MapKind::single;
  const auto fill = [&](const std::filesystem::path& tree) {
    const std::string text = userns::run_in(map, [&] {
      const archive::Source content = archive::decompress(archive::read_from(tar), max_cache_size);
      const archive::Extracted extracted =
          archive::extract(content, open_tree(tree).get(),
                           {.whiteouts = archive::Whiteouts::literal,
                            .owners = single ? archive::Owners::record : archive::Owners::apply});
      return print_lines(extracted.notes);
    });
    take_lines(text, notes);
  };
  replace_cache_mount(lease, key, fill, wait);
}

std::vector<std::optional<std::uint64_t>> measure_cache_mounts(const Store& store,
                                                               const std::vector<CacheMountInfo>& all) {
  std::vector<std::optional<std::uint64_t>> sizes(all.size());
  measure_those_of(userns::MapKind::single, store, all, sizes);
  measure_those_of(userns::MapKind::subordinate, store, all, sizes);
  return sizes;
}

}  // namespace husk::store
