#include "libcore/store/container_ids.hpp"

#include "libcore/base/directory_stream.hpp"
#include "libcore/base/error.hpp"
#include "libcore/base/hex.hpp"
#include "libcore/base/io.hpp"
#include "libcore/store/container_file.hpp"

#include <fcntl.h>
#include <algorithm>
#include <functional>
#include <utility>

namespace husk::store {

std::vector<std::string> list_container_directories(int containers) {
  Fd readable(::openat(containers, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!readable) throw_errno("read the store's containers");
  DirectoryStream stream(std::move(readable), "containers");
  std::vector<std::string> ids;
  while (const dirent* const entry = stream.next()) {
    const std::string_view name = entry->d_name;
    if (name.size() == container_id_length && is_hex(name)) ids.emplace_back(name);
  }
  return ids;
}

std::vector<std::string> list_container_ids(const Store& store) {
  const Fd containers = store.open_directory("containers");
  std::vector<std::pair<std::string, std::string>> found;  // when it was made, id
  for (std::string& id : list_container_directories(containers.get())) {
    const Fd file(
        ::openat(containers.get(), (id + "/config.json").c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    if (!file && errno == ENOENT) continue;  // not yet one, or not any more
    if (!file) throw_errno("open the configuration of container ", id);
    std::string created = in_context(
        [&] { return cat("container ", id); },
        [&] { return read_creation_time(read_all(file.get(), max_container_config, "config.json")); });
    found.emplace_back(std::move(created), std::move(id));
  }
  std::ranges::sort(found, std::greater<>{});
  std::vector<std::string> ids;
  ids.reserve(found.size());
  for (auto& [created, id] : found) ids.push_back(std::move(id));
  return ids;
}

}  // namespace husk::store
