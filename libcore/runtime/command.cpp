#include "libcore/runtime/command.hpp"

#include "libcore/runtime/capabilities.hpp"
#include "libcore/runtime/control.hpp"
#include "libcore/runtime/in_root.hpp"
#include "libcore/runtime/init.hpp"
#include "libcore/runtime/seccomp.hpp"

#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/keyctl.h>
#include <linux/magic.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <charconv>
#include <climits>
#include <cstring>

namespace husk::runtime {
namespace {

char home_entry[1100] = "HOME=";

}  // namespace

void Command::prepare(int root, int terminals) noexcept {
  set_limits();
  find_user(root);
  open_streams(terminals);
  enter_working_directory(root);
}

void Command::execute(const sigset_t& signals, Lives lives) const noexcept {
  become_user();
  if (lives == Lives::with_parent) die_with_parent(control_);  // changing ids has reset it
  if (plan_.init) need(split_off_init(plan_.init.get()), Step::start_init);
  take_signals(signals);
  execute_candidates();
}

void Command::set_limits() const noexcept {
  rlimit files{};
  need(::getrlimit(RLIMIT_NOFILE, &files) == 0, Step::set_limits);
  files.rlim_cur = std::min<rlim_t>(1048576, files.rlim_max);
  need(::setrlimit(RLIMIT_NOFILE, &files) == 0, Step::set_limits);
  for (const Limit& limit : plan_.limits) {
    const rlimit wanted{limit.soft, limit.hard};
    need(::setrlimit(static_cast<__rlimit_resource>(limit.resource), &wanted) == 0, Step::set_limit,
         limit.name);
  }
  if (plan_.profile.oom_score_adjustment) {
    // In the container's own /proc, which is a real one.
    char text[16] = {};
    const auto end = std::to_chars(text, text + sizeof text, *plan_.profile.oom_score_adjustment).ptr;
    const int file = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    need(file >= 0 && ::write(file, text, static_cast<std::size_t>(end - text)) > 0, Step::adjust_oom_score,
         text);
    ::close(file);
  }
  ::umask(022);
  // A keyring of its own, if the quota has room for one: no key of the caller is within reach.
  (void)::syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, nullptr);
}

void Command::find_user(int root) noexcept {
  const char* group = plan_.user.group.c_str();
  UserFailure failure = find_identity(root, plan_.user, identity_);
  if (failure == UserFailure::none) failure = add_groups(root, plan_.groups, identity_, group);
  switch (failure) {
    case UserFailure::none: return;
    case UserFailure::no_such_user: fail(control_, Step::no_such_user, plan_.user.user.c_str());
    case UserFailure::no_such_group: fail(control_, Step::no_such_group, group);
    case UserFailure::bad_passwd: fail(control_, Step::bad_user_file, "/etc/passwd");
    case UserFailure::bad_group: fail(control_, Step::bad_user_file, "/etc/group");
  }
}

void Command::open_streams(int terminals) const noexcept {
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
void Command::open_terminal(int terminals) const noexcept {
  const int master = ::openat(terminals, "ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
  int unlock = 0;
  need(master >= 0 && ::ioctl(master, TIOCSPTLCK, &unlock) == 0, Step::open_terminal);
  const int slave = ::ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
  need(slave >= 0 && ::ioctl(slave, TIOCSCTTY, 0) == 0, Step::open_terminal);
  need(::fchown(slave, identity_.uid, static_cast<gid_t>(-1)) == 0, Step::find_user, plan_.user_text.c_str());
  need(send_descriptor(control_, master), Step::open_terminal);
  ::close(master);
  wait_for_parent(control_);  // until it has the right size
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    need(::dup2(slave, stream) == stream, Step::open_terminal);
  }
}

// A working directory of /proc/self/fd/7, or a link to it, could lead out of the container (CVE-2024-21626):
// it has to have a path in here, and must not be one of /proc.
void Command::enter_working_directory(int root) const noexcept {
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
void Command::become_user() const noexcept {
  const char* const name = plan_.user_text.c_str();
  if (plan_.profile.no_new_privileges)
    need(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, Step::set_capabilities);
  const std::uint64_t wanted = plan_.profile.capabilities;
  need(limit_capabilities(wanted), Step::set_capabilities);
  if (plan_.may_set_groups) {
    need(::syscall(SYS_setgroups, identity_.group_count, identity_.groups.data()) == 0, Step::set_identity,
         name);
  }
  if (plan_.profile.filters_calls) {
    const std::string& own = plan_.profile.filter;
    need(own.empty() ? load_filters(wanted) : load_filter(own), Step::load_filters);
  }
  need(::syscall(SYS_setresgid, identity_.gid, identity_.gid, identity_.gid) == 0, Step::set_identity, name);
  need(::syscall(SYS_setresuid, identity_.uid, identity_.uid, identity_.uid) == 0, Step::set_identity, name);
  // The kernel has taken all capabilities from a user that is not root (capabilities(7)).
  need(set_capabilities(identity_.uid == 0 ? wanted : 0), Step::set_capabilities);
}

// What the caller ignores is its own affair: a shell without job control ignores SIGINT for what it starts in
// the background, and there a "kill -INT" of husk-run would else be lost on the command.
void Command::take_signals(const sigset_t& mask) const noexcept {
  struct sigaction usual {};
  usual.sa_handler = SIG_DFL;
  for (int number = 1; number <= SIGRTMAX; ++number) (void)::sigaction(number, &usual, nullptr);
  (void)::sigprocmask(SIG_SETMASK, &mask, nullptr);
}

void Command::execute_candidates() const noexcept {
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

}  // namespace husk::runtime
