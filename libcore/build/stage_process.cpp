#include "libcore/build/stage_process.hpp"

#include "libcore/base/io.hpp"
#include "libcore/build/background.hpp"
#include "libcore/build/session.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <array>
#include <csignal>
#include <new>

namespace husk::build {
namespace {

constexpr std::array letters = {'e', 'i', 't', 'r', 'x'};

using MessageKind = StageProcess::Message::Kind;

void send(int fd, MessageKind kind, std::string_view text) {
  send_message(fd, cat(std::string_view(&letters.at(static_cast<std::size_t>(kind)), 1), text));
}

std::string print(const Error& error) {
  std::string out;
  add_error(out, error);
  return out;
}

void set_nonblocking(const Fd& fd) {
  if (::fcntl(fd.get(), F_SETFL, O_NONBLOCK) != 0) throw_errno("set up a pipe");
}

std::pair<MessageKind, std::string> run_body(const std::function<std::string(const ParentLink&)>& body,
                                             const ParentLink& link) try {
  return {MessageKind::result, body(link)};
} catch (const Error& error) {
  return {MessageKind::error, print(error)};
} catch (const std::bad_alloc&) {
  return {MessageKind::error, print(Error("out of memory"))};
} catch (const std::exception& error) {
  return {MessageKind::error, print(Error(cat("internal error: ", error.what())))};
}

// In the child. It must only never return: nothing of the parent's may be cleaned up twice.
[[noreturn]] void run(const std::function<std::string(const ParentLink&)>& body, int messages, int answers,
                      int output) noexcept {
  listen_to_parent(answers);
  Fd parents_output(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)),
      parents_errors(::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3));
  if (::dup2(output, STDOUT_FILENO) < 0 || ::dup2(output, STDERR_FILENO) < 0) ::_exit(1);
  try {
    const auto [kind, text] =
        run_body(body, ParentLink(messages, answers, std::move(parents_output), std::move(parents_errors)));
    send(messages, kind, text);
  } catch (...) {
    ::_exit(1);  // nobody is there to hear it
  }
  ::_exit(0);
}

}  // namespace

void ParentLink::report(const Event& event) const { send(messages_, MessageKind::event, print_event(event)); }

std::string ParentLink::ask_for_image(const std::string& name) const {
  send(messages_, MessageKind::image, name);
  return wait_for_answer();
}

void ParentLink::take_terminal(const std::string& why) const {
  send(messages_, MessageKind::terminal, why);
  (void)wait_for_answer();
  if (::dup2(output_.get(), STDOUT_FILENO) < 0 || ::dup2(errors_.get(), STDERR_FILENO) < 0)
    throw_errno("take the terminal");
}

std::string ParentLink::wait_for_answer() const {
  const auto text = receive_message(answers_);
  if (!text || text->empty()) throw Error("interrupted");
  std::string_view rest = std::string_view(*text).substr(1);
  if (text->front() == 'x') throw take_error(rest);
  return std::string(rest);
}

StageProcess::StageProcess(std::size_t stage, const std::function<std::string(const ParentLink&)>& body)
    : stage_(stage) {
  Pipe messages = make_pipe(), output = make_pipe();
  std::array<int, 2> answers{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, answers.data()) != 0)
    throw_errno("create a socket");
  answers_.reset(answers[0]);
  const Fd theirs(answers[1]);
  child_.emplace(fork_child("a process of the build", [&] {
    run(body, messages.write_end.get(), theirs.get(), output.write_end.get());
  }));
  messages_ = std::move(messages.read_end);
  output_ = std::move(output.read_end);
  set_nonblocking(messages_);
  set_nonblocking(output_);
}

std::optional<StageProcess::Message> StageProcess::take_message() {
  const bool open = !messages_ || reader_.fill(messages_.get());
  if (const auto text = reader_.take(); text && !text->empty()) {
    for (std::size_t i = 0; i < letters.size(); ++i) {
      if (letters.at(i) == text->front()) return Message{static_cast<MessageKind>(i), text->substr(1)};
    }
  }
  if (open) return std::nullopt;
  messages_.reset();
  return Message{MessageKind::error, print(Error("a process of the build was killed"))};
}

std::string StageProcess::take_output() {
  std::string text;
  std::array<char, 8192> buffer;  // each page of it costs a fault
  while (output_) {
    const ssize_t count = ::read(output_.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return text;
    if (count == 0) output_.reset();
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return text;
}

// To a socket: that the child is gone, which its pipe will say, must not be a SIGPIPE.
void StageProcess::send_answer(std::string_view text) {
  const std::string message = frame_message(text);
  (void)::send(answers_.get(), message.data(), message.size(), MSG_NOSIGNAL);
}

void StageProcess::answer(const std::string& text) { send_answer(cat("r", text)); }

void StageProcess::answer(const Error& error) { send_answer(cat("x", print(error))); }

void StageProcess::stop() {
  (void)::shutdown(answers_.get(), SHUT_WR);
  child_->signal(SIGTERM);
}

void StageProcess::wait() { (void)child_->wait(); }

}  // namespace husk::build
