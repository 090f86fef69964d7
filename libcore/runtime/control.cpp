#include "libcore/runtime/control.hpp"

#include "libcore/base/error.hpp"
#include "libcore/runtime/report.hpp"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>

namespace husk::runtime {
namespace {

constexpr char go_ahead = 'g';

}  // namespace

SocketPair make_control() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0)
    throw_errno("create a socket");
  return {Fd(ends[0]), Fd(ends[1])};
}

void let_go_on(const Fd& control) {
  // EPIPE: it has failed, and what it reported says more.
  if (::send(control.get(), &go_ahead, 1, MSG_NOSIGNAL) != 1 && errno != EPIPE)
    throw_errno("let the container go on");
}

Message receive(const Fd& control) {
  Failure failure{};
  iovec data{&failure, sizeof failure};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> space{};
  msghdr header{};
  header.msg_iov = &data;
  header.msg_iovlen = 1;
  header.msg_control = space.data();
  header.msg_controllen = space.size();
  ssize_t count = 0;
  do count = ::recvmsg(control.get(), &header, MSG_CMSG_CLOEXEC);
  while (count < 0 && errno == EINTR);
  if (count < 0 && errno != ECONNRESET) throw_errno("hear from the container");
  if (count == sizeof failure) throw make_error(failure);
  Message message;
  message.end = count <= 0;
  if (count == sizeof message.number) std::memcpy(&message.number, &failure, sizeof message.number);
  if (const cmsghdr* const rights = CMSG_FIRSTHDR(&header);
      rights != nullptr && rights->cmsg_type == SCM_RIGHTS) {
    int fd = -1;
    std::memcpy(&fd, CMSG_DATA(rights), sizeof fd);
    message.descriptor.reset(fd);
  }
  return message;
}

void die_with_parent(int control) noexcept {
  (void)::prctl(PR_SET_PDEATHSIG, SIGKILL);
  // It may have died before that: then nobody holds the other end of the socket.
  pollfd other_end{control, 0, 0};
  if (::poll(&other_end, 1, 0) == 1) ::_exit(1);
}

void wait_for_parent(int control) noexcept {
  char byte = 0;
  if (::read(control, &byte, 1) != 1 || byte != go_ahead) ::_exit(1);
}

bool send_descriptor(int control, int fd, pid_t number) noexcept {
  iovec data{&number, sizeof number};
  alignas(cmsghdr) char space[CMSG_SPACE(sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = space;
  message.msg_controllen = sizeof space;
  cmsghdr* const header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  ::memcpy(CMSG_DATA(header), &fd, sizeof fd);
  return ::sendmsg(control, &message, MSG_NOSIGNAL) == static_cast<ssize_t>(sizeof number);
}

}  // namespace husk::runtime
