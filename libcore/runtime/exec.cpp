#include "libcore/runtime/exec.hpp"

#include "libcore/base/error.hpp"
#include "libcore/runtime/command.hpp"
#include "libcore/runtime/container_state.hpp"
#include "libcore/runtime/control.hpp"

#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <cstring>

namespace husk::runtime {
namespace {

// A new pid namespace is for children only (setns(2)), so one process enters the container's namespaces and
// clones the one that becomes the command, as a sibling of itself: our child.
class Joiner {
 public:
  Joiner(const LaunchPlan& plan, Lifetime lifetime, int control, const sigset_t& signals) noexcept
      : plan_(plan), lifetime_(lifetime), control_(control), signals_(signals) {}

  [[noreturn]] void run(int process, int namespaces) const noexcept {
    if (::setns(process, namespaces) != 0) fail(control_, Step::join, "its namespaces");
    int pidfd = -1;
    clone_args how{};
    how.flags = CLONE_PARENT | CLONE_PIDFD;
    how.pidfd = reinterpret_cast<std::uintptr_t>(&pidfd);
    const auto pid = static_cast<pid_t>(::syscall(SYS_clone3, &how, sizeof how));
    if (pid < 0) fail(control_, Step::join, "a process in it");
    if (pid == 0) become_command();
    ::_exit(send_descriptor(control_, pidfd, pid) ? 0 : 1);
  }

 private:
  [[noreturn]] void become_command() const noexcept {
    die_with_parent(control_);
    wait_for_parent(control_);  // that it knows us
    const int root = ::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (root < 0) fail(control_, Step::join, "its root directory");
    Command command(plan_, control_);
    command.prepare(root, plan_.terminal ? open_terminals(root) : -1);
    const bool stays = lifetime_ == Lifetime::own;
    if (stays) (void)::prctl(PR_SET_PDEATHSIG, 0);
    command.execute(signals_, stays ? Command::Lives::for_ever : Command::Lives::with_parent);
  }

  // What we have mounted there, and nothing that the container could have put in its place.
  int open_terminals(int root) const noexcept {
    open_how how{};
    how.flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
    how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    const auto directory = static_cast<int>(::syscall(SYS_openat2, root, "dev/pts", &how, sizeof how));
    struct statfs system {};
    const bool right = directory >= 0 && ::fstatfs(directory, &system) == 0 &&
                       static_cast<unsigned long>(system.f_type) == DEVPTS_SUPER_MAGIC;
    if (!right) fail(control_, Step::open_terminal);
    return directory;
  }

  const LaunchPlan& plan_;
  Lifetime lifetime_;
  int control_;
  const sigset_t& signals_;
};

int namespaces_of(Network network) {
  return CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP |
         (network == Network::host ? 0 : CLONE_NEWNET);
}

}  // namespace

Container execute_in(int process, const Spec& spec, Lifetime lifetime) {
  open_missing_streams();
  LaunchPlan plan;
  plan_command(spec, find_most_core(), plan);
  const sigset_t signals = mask_of_container();
  SocketPair control = make_control();
  Child joiner = fork_child("a process", [&] {
    ::close(control.ours.get());  // else a dead parent would leave it waiting
    Joiner(plan, lifetime, control.theirs.get(), signals).run(process, namespaces_of(spec.network));
  });
  control.theirs.reset();
  try {
    Message message = receive(control.ours);
    (void)joiner.wait();
    if (!message.descriptor) throw Error("the container ended meanwhile", Exit::engine);
    auto state = std::make_unique<Container::State>(std::make_unique<SignalInbox>(),
                                                    Child(std::move(message.descriptor), "the command"),
                                                    message.number, std::move(control.ours));
    let_go_on(state->control);
    if (spec.terminal) take_terminal(*state, spec);
    while (!receive(state->control).end) {
    }
    return Container(std::move(state));
  } catch (Error& error) {
    if (error.exit() == Exit::failure) error.set_exit(Exit::engine);
    throw;
  }
}

}  // namespace husk::runtime
