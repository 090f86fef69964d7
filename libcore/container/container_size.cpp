#include "libcore/container/container_size.hpp"

#include "libcore/base/error.hpp"
#include "libcore/container/lines.hpp"
#include "libcore/container/root.hpp"
#include "libcore/store/layers.hpp"
#include "libcore/store/measure_tree.hpp"
#include "libcore/store/open_tree.hpp"
#include "libcore/userns/run_in.hpp"

#include <charconv>

namespace husk::container {
namespace {

// Containers may write while they are measured, and what has just gone has no size.
std::uint64_t written_bytes(const store::Container& container) {
  try {
    return store::content_size(store::open_tree(container.upper()).get());
  } catch (const SysError& error) {
    if (error.code() == ENOENT) return 0;
    throw;
  }
}

std::uint64_t image_bytes(const store::Store& store, const store::ContainerConfig& config) {
  std::uint64_t bytes = 0;
  for (const oci::Digest& diff_id : config.diff_ids) {
    if (const auto layer = store::find_layer_info(store, config.map, diff_id)) bytes += layer->content_size;
  }
  return bytes;
}

}  // namespace

std::vector<ContainerSize> measure_sizes(const store::Store& store,
                                         const std::vector<const store::Container*>& containers) {
  std::vector<ContainerSize> sizes;
  sizes.reserve(containers.size());
  for (const store::Container* const container : containers)
    sizes.push_back({.written = 0, .image = image_bytes(store, container->config())});
  for (const auto kind : {userns::MapKind::single, userns::MapKind::subordinate}) {
    std::vector<std::size_t> members;
    for (std::size_t i = 0; i < containers.size(); ++i) {
      if (containers[i]->config().map == kind) members.push_back(i);
    }
    if (members.empty()) continue;
    const std::string numbers = userns::run_in(map_of(kind), [&] {
      std::string text;
      for (const std::size_t index : members) text += cat(written_bytes(*containers[index]), "\n");
      return text;
    });
    const std::vector<std::string> lines = split_lines(numbers);
    for (std::size_t i = 0; i < members.size(); ++i)
      (void)std::from_chars(lines.at(i).data(), lines[i].data() + lines[i].size(), sizes[members[i]].written);
  }
  return sizes;
}

}  // namespace husk::container
