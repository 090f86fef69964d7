#include "libcore/runtime/first_process.hpp"

#include "libcore/runtime/command.hpp"
#include "libcore/runtime/control.hpp"
#include "libcore/runtime/filesystem.hpp"
#include "libcore/runtime/report.hpp"

#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cerrno>
#include <cstring>

namespace husk::runtime {
namespace {

class FirstProcess {
 public:
  explicit FirstProcess(int control) noexcept : control_(control) {}

  [[noreturn]] void run(const std::function<void(LaunchPlan&)>& fetch, Network network,
                        const sigset_t& signals) noexcept {
    die_with_parent(control_);
    const SystemMounts system = make_system_mounts(network);
    wait_for_parent(control_);  // the plan
    take_plan(fetch);
    wait_for_parent(control_);  // the id maps
    const Filesystem files = enter_filesystem(plan_, system, control_);
    set_host_name();
    Command command(plan_, control_);
    command.prepare(files.root, files.terminals);
    if (plan_.network == Network::private_network) wait_for_parent(control_);  // the network
    command.execute(signals, Command::Lives::with_parent);
  }

 private:
  void need(bool done, Step step, const char* subject = "") const noexcept {
    if (!done) fail(control_, step, subject);
  }

  void take_plan(const std::function<void(LaunchPlan&)>& fetch) noexcept;
  void set_host_name() const noexcept;

  LaunchPlan plan_;
  int control_;
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

}  // namespace

void run_first_process(const std::function<void(LaunchPlan&)>& take_plan, Network network, int control,
                       const sigset_t& signals) noexcept {
  FirstProcess(control).run(take_plan, network, signals);
}

}  // namespace husk::runtime
