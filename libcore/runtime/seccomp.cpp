#include "libcore/runtime/seccomp.hpp"

#include "seccomp_filters.hpp"  // made by seccomp_profile.cpp

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

}  // namespace

// The filter of names comes last: it is the one that would refuse what loading another one needs.
bool load_filters() noexcept { return load(profile::arguments) && load(profile::names); }

}  // namespace husk::runtime
