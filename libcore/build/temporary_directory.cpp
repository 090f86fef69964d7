#include "libcore/build/temporary_directory.hpp"

#include "libcore/base/at.hpp"
#include "libcore/base/random.hpp"
#include "libcore/base/sys.hpp"

#include <fcntl.h>

namespace husk::build {

TemporaryDirectory make_temporary_directory(const store::Lease& lease) {
  const std::string name = random_hex(8);
  sys::make_directory_at(lease.tmp(), name, 0700);
  return {lease.tmp_path() / name, open_beneath(lease.tmp(), name, O_RDONLY | O_DIRECTORY)};
}

}  // namespace husk::build
