#pragma once

#include "libcore/runtime/container.hpp"
#include "libcore/runtime/network.hpp"
#include "libcore/runtime/signals.hpp"
#include "libcore/runtime/terminal.hpp"

#include <memory>
#include <optional>

/// For the functions that make a Container.
namespace husk::runtime {

struct Container::State {
  State(std::unique_ptr<SignalInbox> inbox, Child&& first_process, pid_t number, Fd control_socket)
      : signals(std::move(inbox)),
        child(std::move(first_process)),
        pid(number),
        control(std::move(control_socket)) {}

  std::unique_ptr<SignalInbox> signals;
  Child child;
  pid_t pid;
  Fd control;  // the process dies when it is closed before execve(2)
  std::optional<NetworkHelper> network;
  std::optional<TerminalRelay> terminal;
  std::optional<int> deadly_signal;  // what ended it, where we had to do so with SIGKILL
};

/// Once first: a program that was started with a standard stream closed would get one of our descriptors in
/// its place.
void open_missing_streams();

/// Takes over the terminal that the process has made, and lets it go on.
void take_terminal(Container::State& state, const Spec& spec);

}  // namespace husk::runtime
