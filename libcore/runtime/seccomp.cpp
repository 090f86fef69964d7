#include "libcore/runtime/seccomp.hpp"

#include "seccomp_filters.hpp"  // made by seccomp_profile.cpp

#include <linux/capability.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <cstddef>

namespace husk::runtime {
namespace {

template <std::size_t Count>
bool load(const sock_filter (&filter)[Count]) noexcept {
  // The kernel only reads it; the structure of the interface has no const.
  sock_fprog program{static_cast<unsigned short>(Count), const_cast<sock_filter*>(filter)};
  return ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0;
}

bool has(std::uint64_t capabilities, unsigned capability) noexcept {
  return (capabilities >> capability & 1U) != 0;
}

}  // namespace

// The filter of names comes last: it is the one that would refuse what loading another one needs.
bool load_filters(std::uint64_t capabilities) noexcept {
  if (!load(profile::arguments)) return false;
  if (has(capabilities, CAP_SYS_ADMIN)) return load(profile::names_for_admin);
  for (const unsigned each :
       {CAP_DAC_READ_SEARCH, CAP_SYS_MODULE, CAP_SYS_RAWIO, CAP_SYS_PTRACE, CAP_SYS_PACCT, CAP_SYS_BOOT,
        CAP_SYS_NICE, CAP_SYS_TIME, CAP_SYS_TTY_CONFIG, CAP_SYSLOG, CAP_PERFMON, CAP_BPF}) {
    if (has(capabilities, each)) return load(profile::names_for_more);
  }
  return load(profile::names);
}

bool load_filter(std::string_view program) noexcept {
  sock_fprog filter{static_cast<unsigned short>(program.size() / sizeof(sock_filter)),
                    const_cast<sock_filter*>(reinterpret_cast<const sock_filter*>(program.data()))};
  return ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) == 0;
}

}  // namespace husk::runtime
