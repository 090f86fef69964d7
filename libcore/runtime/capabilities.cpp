#include "libcore/runtime/capabilities.hpp"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <cerrno>

namespace husk::runtime {
namespace {

constexpr std::uint64_t bit(unsigned capability) { return std::uint64_t{1} << capability; }

}  // namespace

std::uint64_t default_capabilities() noexcept {
  return bit(CAP_CHOWN) | bit(CAP_DAC_OVERRIDE) | bit(CAP_FOWNER) | bit(CAP_FSETID) | bit(CAP_KILL) |
         bit(CAP_NET_BIND_SERVICE) | bit(CAP_SETFCAP) | bit(CAP_SETGID) | bit(CAP_SETPCAP) | bit(CAP_SETUID) |
         bit(CAP_SYS_CHROOT);
}

bool limit_capabilities(std::uint64_t wanted) noexcept {
  for (unsigned capability = 0; capability < 64; ++capability) {
    if ((wanted & bit(capability)) != 0) continue;
    if (::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0) continue;
    return errno == EINVAL;  // the kernel knows no more of them
  }
  return true;
}

bool set_capabilities(std::uint64_t wanted) noexcept {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[2] = {};
  data[0].effective = data[0].permitted = static_cast<std::uint32_t>(wanted);
  data[1].effective = data[1].permitted = static_cast<std::uint32_t>(wanted >> 32);
  return ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) == 0 &&
         ::syscall(SYS_capset, &header, data) == 0;
}

}  // namespace husk::runtime
