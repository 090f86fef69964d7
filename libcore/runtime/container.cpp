#include "libcore/runtime/container.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/runtime/container_state.hpp"
#include "libcore/runtime/control.hpp"
#include "libcore/runtime/first_process.hpp"
#include "libcore/runtime/launch_plan.hpp"
#include "libcore/runtime/own_binary.hpp"
#include "libcore/runtime/spec_message.hpp"
#include "libcore/userns/run_in.hpp"

#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <array>
#include <csignal>
#include <cstring>

namespace husk::runtime {

namespace {

std::uint64_t clone_flags(Network network) {
  return CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP |
         CLONE_PIDFD | (network == Network::host ? 0U : unsigned{CLONE_NEWNET});
}

void signal_group(pid_t group, int number) { (void)::kill(-group, number); }

// Where the parent leaves the spec for the first process: memory that both share, since it is mapped before
// clone3(2). Pages that nothing is written to cost nothing.
class SharedText {
 public:
  SharedText()
      : start_(::mmap(nullptr, capacity, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE,
                      -1, 0)) {
    if (start_ == MAP_FAILED) throw_errno("share memory with a new process");
  }
  SharedText(SharedText&&) = delete;
  ~SharedText() { (void)::munmap(start_, capacity); }

  void write(std::string_view text) {
    if (text.size() > capacity - sizeof(std::size_t)) throw SysError(E2BIG, "tell the container what to do");
    const std::size_t size = text.size();
    ::memcpy(start_, &size, sizeof size);
    ::memcpy(static_cast<char*>(start_) + sizeof size, text.data(), size);
  }
  std::string_view read() const {
    std::size_t size = 0;
    ::memcpy(&size, start_, sizeof size);
    return {static_cast<const char*>(start_) + sizeof size, size};
  }

 private:
  // execve(2) takes 6 MiB at most; the rest is room for mounts.
  static constexpr std::size_t capacity = 16 << 20;
  void* start_;
};

}  // namespace

struct Launch::State {
  SharedText text;
  std::optional<Child> child;
  pid_t pid = 0;
  Fd control;
  std::optional<userns::MapWriter> maps;  // the helpers end before the child is killed
  Network network = Network::private_network;
};

void open_missing_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(stream, F_GETFD) >= 0) continue;
    Fd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
    if (!null) throw_errno("open /dev/null");
    if (null.get() == stream) (void)::fcntl(null.release(), F_SETFD, 0);
  }
}

Launch::Launch(const userns::IdMap& map, Network network) : state_(std::make_unique<State>()) {
  open_missing_streams();
  const sigset_t signals = mask_of_container();
  SocketPair control = make_control();
  int pidfd = -1;
  clone_args how{};
  how.flags = clone_flags(network);
  how.pidfd = reinterpret_cast<std::uintptr_t>(&pidfd);
  how.exit_signal = SIGCHLD;
  const auto pid = static_cast<pid_t>(::syscall(SYS_clone3, &how, sizeof how));
  if (pid < 0) throw userns::namespace_error(errno);
  if (pid == 0) {
    ::close(control.ours.get());  // else a dead parent would leave us waiting
    const auto take_plan = [this](LaunchPlan& plan) {
      const SpecMessage message = parse_spec(state_->text.read());
      plan_launch(message.spec, message.facts, plan);
      if (message.spec.profile.has_init) plan.init = open_init_program();
    };
    run_first_process(take_plan, network, control.theirs.get(), signals);
  }
  state_->child.emplace(Fd(pidfd), "the container");
  state_->pid = pid;
  state_->control = std::move(control.ours);
  state_->network = network;
  state_->maps.emplace(pid, map);
}

Launch::Launch(Launch&&) noexcept = default;
Launch::~Launch() = default;

void take_terminal(Container::State& state, const Spec& spec) {
  Message message = receive(state.control);
  if (!message.descriptor) throw Error("the container has no terminal", Exit::engine);
  const auto input = spec.standard_input ? TerminalRelay::Input::forward : TerminalRelay::Input::none;
  state.terminal.emplace(std::move(message.descriptor), input);
  state.terminal->copy_size();
  let_go_on(state.control);
}

namespace {

void set_up(Container::State& state, const Spec& spec, const LaunchPlan& plan) {
  if (spec.network == Network::private_network) {
    state.network.emplace(state.pid, spec.ports, plan.forward_names);
  }
  if (spec.terminal) take_terminal(state, spec);
  if (state.network) {
    state.network->wait_until_ready();
    let_go_on(state.control);
  }
  while (!receive(state.control).end) {
  }
}

}  // namespace

Container Launch::start(const Spec& spec) && {
  LaunchPlan plan;
  const HostFacts facts = read_host_facts();
  plan_launch(spec, facts, plan);  // what is wrong with the spec is said here
  if (spec.profile.has_init) (void)open_init_program();
  try {
    state_->text.write(print_spec(spec, facts));
    let_go_on(state_->control);
    auto inbox = std::make_unique<SignalInbox>();
    state_->maps->finish();
    auto state = std::make_unique<Container::State>(std::move(inbox), std::move(*state_->child), state_->pid,
                                                    std::move(state_->control));
    let_go_on(state->control);
    set_up(*state, spec, plan);
    if (plan.root.is_volatile) remove_volatile_mark(plan.root);
    return Container(std::move(state));
  } catch (Error& error) {
    if (error.exit() == Exit::failure) error.set_exit(Exit::engine);
    throw;
  }
}

Container start(const Spec& spec) { return Launch(spec.map, spec.network).start(spec); }

Container::Container(std::unique_ptr<State> state) : state_(std::move(state)) {}
Container::Container(Container&&) noexcept = default;
Container::~Container() = default;

void Container::let_go() && {
  state_->signals.reset();
  state_->child.let_go();
}

pid_t Container::pid() const noexcept { return state_->pid; }
int Container::pidfd() const noexcept { return state_->child.pidfd(); }

void Container::signal(int number) {
  if (would_be_lost(state_->pid, number)) {
    state_->deadly_signal = number;
    number = SIGKILL;
  }
  state_->child.signal(number);
}

// ctrl-Z and what follows it: the container's processes are in a session of their own, so they hear it from
// us.
void Container::stop_with_us() {
  if (state_->terminal) state_->terminal->raw().suspend();
  signal_group(state_->pid, SIGSTOP);
  (void)::raise(SIGSTOP);
  signal_group(state_->pid, SIGCONT);
  if (state_->terminal) state_->terminal->raw().resume();
}

void Container::pass_signals_on() {
  while (const auto number = state_->signals->take()) {
    if (*number == SIGTSTP) {
      stop_with_us();
    } else if (*number == SIGWINCH && state_->terminal) {
      state_->terminal->copy_size();
    } else {
      signal(*number);
    }
  }
}

ExitStatus Container::wait(WaitOptions options) {
  enum : std::size_t { ended, signals, master, input, watched };
  bool terminal_open = state_->terminal.has_value();
  for (;;) {
    std::vector<pollfd> waiting = {
        {state_->child.pidfd(), POLLIN, 0}, {state_->signals->fd(), POLLIN, 0}, {-1, 0, 0}, {-1, 0, 0}};
    if (terminal_open) {
      waiting[master] = {state_->terminal->master(), state_->terminal->master_events(), 0};
      if (state_->terminal->input_events() != 0) waiting[input] = {STDIN_FILENO, POLLIN, 0};
    }
    for (const Watch& watch : options.watches) waiting.push_back({watch.fd, POLLIN, 0});
    if (::poll(waiting.data(), waiting.size(), -1) < 0 && errno != EINTR)
      throw_errno("wait for the container");
    if (waiting[signals].revents != 0) pass_signals_on();
    if (waiting[input].revents != 0) state_->terminal->read_input();
    if ((waiting[master].revents & POLLOUT) != 0) state_->terminal->write_input();
    if ((waiting[master].revents & (POLLIN | POLLHUP | POLLERR)) != 0)
      terminal_open = state_->terminal->copy_output(options.terminal_output);
    for (std::size_t each = watched; each < waiting.size(); ++each) {
      Watch& watch = options.watches[each - watched];
      if (waiting[each].revents != 0 && !watch.ready()) watch.fd = -1;  // poll(2) passes it over
    }
    if (waiting[ended].revents != 0 && (waiting[master].revents & POLLIN) == 0) break;
  }
  const ExitStatus status = state_->child.wait();
  // With the first process all others are gone, so what they printed comes to an end.
  for (const Watch& watch : options.watches) {
    while (watch.fd >= 0 && watch.ready()) {
    }
  }
  state_->network.reset();
  state_->terminal.reset();
  state_->signals.reset();
  const bool killed_for_it = state_->deadly_signal && status.code == 128 + SIGKILL;
  return killed_for_it ? ExitStatus{128 + *state_->deadly_signal} : status;
}

}  // namespace husk::runtime
