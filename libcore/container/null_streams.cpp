#include "libcore/container/null_streams.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/fd.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace husk::container {

void become_null() {
  const Fd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!null) throw_errno("open /dev/null");
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::dup2(null.get(), stream) != stream) throw_errno("redirect a standard stream");
  }
}

}  // namespace husk::container
