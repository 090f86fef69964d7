#include "libcore/runtime/own_binary.hpp"

#include "libcore/base/environment.hpp"
#include "libcore/base/error.hpp"
#include "libcore/base/fd.hpp"

#include <elf.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdlib>

namespace husk::runtime {
namespace {

constexpr int all_seals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;

// May root of a container, who is the user outside, change it? The owner may always make it writable.
bool is_changeable(int file) {
  struct stat status {};
  if (::fstat(file, &status) != 0) throw_errno("look at the own program");
  return status.st_uid == ::geteuid() || ::faccessat(file, "", W_OK, AT_EMPTY_PATH | AT_EACCESS) == 0;
}

// Only what is loaded: without debugging information it is a tenth of the file.
off_t loaded_size(int file) {
  Elf64_Ehdr header{};
  std::array<Elf64_Phdr, 32> segments{};
  const auto size = static_cast<ssize_t>(sizeof header);
  if (::pread(file, &header, sizeof header, 0) != size || header.e_phnum > segments.size()) return 0;
  const std::size_t bytes = header.e_phnum * sizeof(Elf64_Phdr);
  if (::pread(file, segments.data(), bytes, static_cast<off_t>(header.e_phoff)) !=
      static_cast<ssize_t>(bytes))
    return 0;
  std::uint64_t end = 0;
  for (const Elf64_Phdr& segment : segments) end = std::max(end, segment.p_offset + segment.p_filesz);
  return static_cast<off_t>(end);
}

Fd make_copy(int file, mode_t mode) {
  constexpr unsigned executable = 0x10;  // MFD_EXEC, Linux 6.3
  Fd copy(::memfd_create("husk", MFD_CLOEXEC | MFD_ALLOW_SEALING | executable));
  if (!copy && errno == EINVAL) copy.reset(::memfd_create("husk", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!copy) throw_errno("create a file in memory");
  off_t done = 0;
  const off_t size = loaded_size(file);
  while (done < size) {
    const ssize_t count = ::sendfile(copy.get(), file, &done, static_cast<std::size_t>(size - done));
    if (count <= 0) throw_errno("copy a program");
  }
  if (::fchmod(copy.get(), mode) != 0 || ::fcntl(copy.get(), F_ADD_SEALS, all_seals) != 0) {
    throw_errno("seal a copy of a program");
  }
  return copy;
}

constexpr const char* directory_variable = "HUSK_PROGRAM_DIRECTORY";

}  // namespace

void shield_own_binary(char** argv) {
  const Fd file(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
  if (!file) throw_errno("open the own program");
  if (::fcntl(file.get(), F_GET_SEALS) == all_seals) {
    (void)::prctl(PR_SET_NAME, ::program_invocation_short_name);  // it would be "3", the descriptor's number
    return;
  }
  if (!is_changeable(file.get())) return;
  const Fd copy = make_copy(file.get(), 0500);
  // The copy can't tell from where it comes.
  ::setenv(directory_variable, own_directory().c_str(), 1);
  ::fexecve(copy.get(), argv, environ);
  SysError error(errno, "execute a copy of the own program");
  error.set_hint("install husk where its user can't write, or allow it: sysctl vm.memfd_noexec=0");
  throw error;
}

std::filesystem::path own_directory() {
  std::error_code failure;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", failure);
  const bool in_memory = failure || self.native().starts_with("/memfd:");
  return in_memory ? std::filesystem::path(find_environment(directory_variable).value_or("/"))
                   : self.parent_path();
}

Fd open_init_program() {
  const std::filesystem::path path = own_directory() / "husk-init";
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) throw_errno("open ", quote(path), " for --init");
  return make_copy(file.get(), 0555);
}

}  // namespace husk::runtime
