#include "libcore/runtime/first_process.hpp"

#include "libcore/runtime/capabilities.hpp"
#include "libcore/runtime/filesystem.hpp"
#include "libcore/runtime/in_root.hpp"
#include "libcore/runtime/report.hpp"
#include "libcore/runtime/seccomp.hpp"

#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/keyctl.h>
#include <linux/magic.h>
#include <net/if.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <exception>

namespace husk::runtime {
namespace {

char home_entry[1100] = "HOME=";

class FirstProcess {
 public:
  explicit FirstProcess(int control) noexcept : control_(control) {}

  [[noreturn]] void run(const std::function<void(LaunchPlan&)>& fetch, const sigset_t& signals) noexcept {
    die_with_parent();
    wait_for_parent();  // the plan
    take_plan(fetch);
    wait_for_parent();  // the id maps
    const Filesystem files = enter_filesystem(plan_, control_);
    set_host_name();
    set_limits();
    find_user(files.root);
    open_streams(files.terminals);
    enter_working_directory(files.root);
    if (plan_.network == Network::private_network) wait_for_parent();  // the network
    become_user();
    die_with_parent();  // changing ids has reset it
    take_signals(signals);
    execute();
  }

 private:
  void need(bool done, Step step, const char* subject = "") const noexcept {
    if (!done) fail(control_, step, subject);
  }

  void die_with_parent() const noexcept {
    (void)::prctl(PR_SET_PDEATHSIG, SIGKILL);
    // It may have died before that: then nobody holds the other end of the socket.
    pollfd other_end{control_, 0, 0};
    if (::poll(&other_end, 1, 0) == 1) ::_exit(1);
  }

  void wait_for_parent() const noexcept {
    char byte = 0;
    if (::read(control_, &byte, 1) != 1 || byte != go_ahead) ::_exit(1);
  }

  void take_plan(const std::function<void(LaunchPlan&)>& fetch) noexcept;
  void set_host_name() const noexcept;
  void set_limits() const noexcept;
  void find_user(int root) noexcept;
  void open_streams(int terminals) const noexcept;
  void open_terminal(int terminals) const noexcept;
  void send_terminal(int master) const noexcept;
  void enter_working_directory(int root) const noexcept;
  void become_user() const noexcept;
  void take_signals(const sigset_t& mask) const noexcept;
  [[noreturn]] void execute() const noexcept;

  LaunchPlan plan_;
  int control_;
  Identity identity_;
};

void FirstProcess::take_plan(const std::function<void(LaunchPlan&)>& fetch) noexcept {
  try {
    fetch(plan_);
  } catch (const std::exception&) {  // the parent has made the very plan without one
    errno = ENOMEM;
    fail(control_, Step::take_plan);
  }
}

void FirstProcess::set_host_name() const noexcept {
  need(::sethostname(plan_.host_name.data(), plan_.host_name.size()) == 0, Step::set_host_name);
  if (plan_.network == Network::host) return;
  // The loopback interface of a new network namespace is down.
  const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  ifreq request{};
  ::memcpy(request.ifr_name, "lo", sizeof "lo");
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  need(socket >= 0 && ::ioctl(socket, SIOCSIFFLAGS, &request) == 0, Step::set_limits);
  ::close(socket);
}

void FirstProcess::set_limits() const noexcept {
  rlimit files{};
  need(::getrlimit(RLIMIT_NOFILE, &files) == 0, Step::set_limits);
  files.rlim_cur = std::min<rlim_t>(1048576, files.rlim_max);
  need(::setrlimit(RLIMIT_NOFILE, &files) == 0, Step::set_limits);
  for (const Limit& limit : plan_.limits) {
    const rlimit wanted{limit.soft, limit.hard};
    need(::setrlimit(static_cast<__rlimit_resource>(limit.resource), &wanted) == 0, Step::set_limit,
         limit.name);
  }
  ::umask(022);
  // A keyring of its own, if the quota has room for one: no key of the caller is within reach.
  (void)::syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, nullptr);
}

void FirstProcess::find_user(int root) noexcept {
  switch (find_identity(root, plan_.user, identity_)) {
    case UserFailure::none: return;
    case UserFailure::no_such_user: fail(control_, Step::no_such_user, plan_.user.user.c_str());
    case UserFailure::no_such_group: fail(control_, Step::no_such_group, plan_.user.group.c_str());
    case UserFailure::bad_passwd: fail(control_, Step::bad_user_file, "/etc/passwd");
    case UserFailure::bad_group: fail(control_, Step::bad_user_file, "/etc/group");
  }
}

void FirstProcess::open_streams(int terminals) const noexcept {
  // A session of its own, so that nothing in it has the caller's terminal as its controlling one: TIOCSTI
  // would type into the caller's shell (CVE-2016-7545). The parent passes on what the terminal would have
  // sent.
  need(::setsid() >= 0, Step::open_terminal);
  if (plan_.terminal) return open_terminal(terminals);
  if (plan_.standard_input) return;
  const int null = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  need(null >= 0 && ::dup2(null, STDIN_FILENO) == STDIN_FILENO, Step::redirect_input);
}

// By descriptors alone: what the image could have put at /dev/pts or /dev/console is not looked at.
void FirstProcess::open_terminal(int terminals) const noexcept {
  const int master = ::openat(terminals, "ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
  int unlock = 0;
  need(master >= 0 && ::ioctl(master, TIOCSPTLCK, &unlock) == 0, Step::open_terminal);
  const int slave = ::ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
  need(slave >= 0 && ::ioctl(slave, TIOCSCTTY, 0) == 0, Step::open_terminal);
  need(::fchown(slave, identity_.uid, static_cast<gid_t>(-1)) == 0, Step::find_user, plan_.user_text.c_str());
  send_terminal(master);
  ::close(master);
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    need(::dup2(slave, stream) == stream, Step::open_terminal);
  }
}

void FirstProcess::send_terminal(int master) const noexcept {
  char byte = 't';
  iovec data{&byte, 1};
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
  ::memcpy(CMSG_DATA(header), &master, sizeof master);
  need(::sendmsg(control_, &message, MSG_NOSIGNAL) == 1, Step::open_terminal);
  wait_for_parent();  // until it has the right size
}

// A working directory of /proc/self/fd/7, or a link to it, could lead out of the container (CVE-2024-21626):
// it has to have a path in here, and must not be one of /proc.
void FirstProcess::enter_working_directory(int root) const noexcept {
  const char* const name = plan_.working_directory.c_str();
  const int directory = open_target(root, name);
  need(directory >= 0 && ::fchdir(directory) == 0, Step::enter_working_directory, name);
  static char path[PATH_MAX];
  struct statfs system {};
  const long length = ::syscall(SYS_getcwd, path, sizeof path);
  const bool inside = length > 0 && path[0] == '/' && ::statfs(".", &system) == 0 &&
                      static_cast<unsigned long>(system.f_type) != PROC_SUPER_MAGIC;
  need(inside, Step::outside_working_directory, name);
}

// The order matters: groups before the user, bounding set while there is CAP_SETPCAP, filters while there is
// CAP_SYS_ADMIN (or no_new_privs, which not everybody can have: sudo).
void FirstProcess::become_user() const noexcept {
  const char* const name = plan_.user_text.c_str();
  if (plan_.no_new_privileges) need(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, Step::set_capabilities);
  const std::uint64_t wanted = default_capabilities();
  need(limit_capabilities(wanted), Step::set_capabilities);
  if (plan_.may_set_groups) {
    need(::syscall(SYS_setgroups, identity_.group_count, identity_.groups.data()) == 0, Step::set_identity,
         name);
  }
  need(load_filters(), Step::load_filters);
  need(::syscall(SYS_setresgid, identity_.gid, identity_.gid, identity_.gid) == 0, Step::set_identity, name);
  need(::syscall(SYS_setresuid, identity_.uid, identity_.uid, identity_.uid) == 0, Step::set_identity, name);
  // The kernel has taken all capabilities from a user that is not root (capabilities(7)).
  need(set_capabilities(identity_.uid == 0 ? wanted : 0), Step::set_capabilities);
}

// What the caller ignores is its own affair: a shell without job control ignores SIGINT for what it starts in
// the background, and there a "kill -INT" of husk-run would else be lost on the command.
void FirstProcess::take_signals(const sigset_t& mask) const noexcept {
  struct sigaction usual {};
  usual.sa_handler = SIG_DFL;
  for (int number = 1; number <= SIGRTMAX; ++number) (void)::sigaction(number, &usual, nullptr);
  (void)::sigprocmask(SIG_SETMASK, &mask, nullptr);
}

void FirstProcess::execute() const noexcept {
  char* const* const envp = plan_.envp.data();
  if (!plan_.has_home) {
    ::memcpy(home_entry + 5, identity_.home.data(), identity_.home.size());
    const_cast<char**>(envp)[plan_.environment.size()] = home_entry;
  }
  (void)::close_range(3, ~0U,
                      CLOSE_RANGE_CLOEXEC);  // Linux 5.11: what the caller's shell left open stays out
  int error = ENOENT;
  for (const std::string& candidate : plan_.candidates) {
    ::execve(candidate.c_str(), plan_.argv.data(), envp);
    // As execvp(3): go on after "not here", remember that something was found that may not be executed.
    if (errno != ENOENT && errno != ENOTDIR && (error == ENOENT || errno != EACCES)) error = errno;
    if (errno != ENOENT && errno != ENOTDIR && errno != EACCES) break;
  }
  errno = error;
  fail(control_, Step::execute, plan_.argv.front());
}

}  // namespace

void run_first_process(const std::function<void(LaunchPlan&)>& take_plan, int control,
                       const sigset_t& signals) noexcept {
  FirstProcess(control).run(take_plan, signals);
}

}  // namespace husk::runtime
