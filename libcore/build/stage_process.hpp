#pragma once

#include "libcore/base/child.hpp"
#include "libcore/base/message.hpp"
#include "libcore/build/event.hpp"

#include <functional>
#include <optional>
#include <string>

namespace husk::build {

/// The side of a child process that builds a stage.
class ParentLink {
 public:
  ParentLink(int messages, int answers, Fd output, Fd errors)
      : messages_(messages), answers_(answers), output_(std::move(output)), errors_(std::move(errors)) {}

  void report(const Event& event) const;

  /// Asks the parent for an image that is not in the store; returns its id. Throws what the parent throws.
  std::string ask_for_image(const std::string& name) const;

  /// Waits until no other process uses the terminal; standard output and standard error are the parent's own
  /// then. WHY is for the user.
  void take_terminal(const std::string& why) const;

 private:
  std::string wait_for_answer() const;

  int messages_, answers_;
  Fd output_, errors_;  // the parent's
};

/// A child process that builds a stage: a copy of this process, since the runtime starts containers, which a
/// process with two threads must not. What the stage's commands print, and what it tells, comes through
/// pipes. Let go of, it is killed, and the container that it runs with it.
class StageProcess {
 public:
  /// BODY runs in the child with its standard output and standard error redirected; what it returns, or the
  /// Error that leaves it, is the child's last message.
  StageProcess(std::size_t stage, const std::function<std::string(const ParentLink&)>& body);

  std::size_t stage() const noexcept { return stage_; }

  /// What to poll(2) for.
  int messages() const noexcept { return messages_.get(); }
  int output() const noexcept { return output_.get(); }

  struct Message {
    // image and terminal are questions.
    enum class Kind : std::uint8_t { event, image, terminal, result, error };
    Kind kind;
    std::string text;
  };
  /// The next message, if one has come. An error if the process has ended without a result.
  std::optional<Message> take_message();
  /// What has been printed since the last call.
  std::string take_output();

  /// The answer to a question: the id of the image or "", or why there is none.
  void answer(const std::string& text);
  void answer(const Error& error);

  /// Asks it to end: the command that it runs gets SIGTERM, what is finished is kept, and nothing is begun.
  void stop();
  /// Waits for a process that has sent its last message.
  void wait();

 private:
  void send_answer(std::string_view text);

  std::size_t stage_;
  Fd messages_, output_, answers_;
  MessageReader reader_;
  std::optional<Child> child_;
};

}  // namespace husk::build
