#include "libcore/store/state_file.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/base/random.hpp"
#include "libcore/base/sys.hpp"

#include <fcntl.h>

namespace husk::store {

std::optional<std::string> find_state_file(const Store& store, const std::string& path, std::size_t limit) {
  const Fd file(::openat(store.directory(), path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  if (!file && (errno == ENOENT || errno == ENOTDIR)) return std::nullopt;
  if (!file) throw_errno("open the store's file ", quote(path));
  return read_all(file.get(), limit, path);
}

void write_new_file(int directory, const std::string& name, const std::string& content) {
  Fd file = sys::create_at(directory, name, O_CREAT | O_EXCL | O_WRONLY, 0600);
  sys::write_all(file.get(), content, name);
  file.close_written(name);
}

void write_state_file(const Lease& lease, const std::string& directory, const std::string& name,
                      const std::string& content, Durability durability) {
  const Fd target = lease.store().open_directory(directory);
  const std::string temporary = random_hex(8);
  Fd file = sys::create_at(lease.tmp(), temporary, O_CREAT | O_EXCL | O_WRONLY, 0600);
  sys::write_all(file.get(), content, name);
  if (durability == Durability::durable) sys::sync_data(file.get(), name);
  file.close_written(name);
  sys::rename_at(lease.tmp(), temporary, target.get(), name);
  if (durability == Durability::durable) sys::sync_all(target.get(), directory);
}

}  // namespace husk::store
