#include "libcore/build/redirect.hpp"

#include "libcore/base/error.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <algorithm>
#include <cstdio>

namespace husk::build {
namespace {

constexpr off_t longest_tail = 16384;

Fd duplicate(int fd) {
  Fd copy(::fcntl(fd, F_DUPFD_CLOEXEC, 3));
  if (!copy) throw_errno("duplicate a standard stream");
  return copy;
}

}  // namespace

Redirect::Redirect(Where where) : output_(duplicate(STDOUT_FILENO)) {
  (void)std::fflush(stdout);
  int target = STDERR_FILENO;
  if (where == Where::memory) {
    memory_.reset(::memfd_create("output of a step", MFD_CLOEXEC));
    if (!memory_) throw_errno("create a file in memory");
    (void)::fcntl(memory_.get(), F_SETFL, O_APPEND);
    target = memory_.get();
    errors_ = duplicate(STDERR_FILENO);
    if (::dup2(target, STDERR_FILENO) < 0) throw_errno("redirect standard error");
  }
  if (::dup2(target, STDOUT_FILENO) < 0) throw_errno("redirect standard output");
}

Redirect::~Redirect() {
  (void)::dup2(output_.get(), STDOUT_FILENO);
  if (errors_) (void)::dup2(errors_.get(), STDERR_FILENO);
}

std::string Redirect::tail() const {
  if (!memory_) return {};
  const off_t end = ::lseek(memory_.get(), 0, SEEK_END);
  std::string text(static_cast<std::size_t>(std::min(std::max<off_t>(end, 0), longest_tail)), '\0');
  const ssize_t count =
      ::pread(memory_.get(), text.data(), text.size(), end - static_cast<off_t>(text.size()));
  text.resize(count < 0 ? 0 : static_cast<std::size_t>(count));
  return text;
}

}  // namespace husk::build
