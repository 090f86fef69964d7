#include "libcore/base/environment.hpp"
#include "libcore/build/progress.hpp"
#include "libcore/build/progress_frame.hpp"
#include "libcore/build/screen.hpp"

#include <sys/ioctl.h>
#include <unistd.h>
#include <csignal>

namespace husk::build {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds frame_time(80);

volatile std::sig_atomic_t continued = 0;
void remember_continue(int /*number*/) { continued = 1; }

// As the C library chooses a character set: LC_ALL, LC_CTYPE, LANG.
bool speaks_utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    if (const auto value = find_environment(name)) {
      return value->find("UTF-8") != std::string::npos || value->find("utf8") != std::string::npos;
    }
  }
  return false;
}

class Live : public Progress {
 public:
  Live() : began_(Clock::now()) {
    look_.colours = !find_environment("NO_COLOR");
    look_.unicode = speaks_utf8();
    std::signal(SIGCONT, remember_continue);
  }
  ~Live() override {
    write(screen_.repaint("", {}, look_.columns));
    std::signal(SIGCONT, SIG_DFL);
  }
  Live(const Live&) = delete;

  void show(const Event& event) override {
    const double now = std::chrono::duration<double>(Clock::now() - began_).count();
    state_.apply(event, now);
    measure();
    const std::string above = draw_result(state_, event, look_);
    // After ctrl-Z the shell has written below the frame.
    if (continued != 0) screen_.forget();
    continued = 0;
    const bool last = event.kind == Event::Kind::finished || event.kind == Event::Kind::terminal;
    const bool due = Clock::now() - painted_ >= frame_time;
    if (above.empty() && !due) return;
    painted_ = Clock::now();
    write(screen_.repaint(above, last ? std::vector<std::string>{} : draw_frame(state_, look_, now),
                          look_.columns));
  }

  std::chrono::milliseconds tick() const override { return frame_time; }

 private:
  // Each time: it may have been made wider or narrower.
  void measure() {
    winsize size{};
    if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return;
    look_.columns = size.ws_col;
    look_.rows = size.ws_row;
  }

  static void write(const std::string& text) {
    // Only a picture: that it can't be drawn is no failure.
    if (::write(STDERR_FILENO, text.data(), text.size()) < 0) return;
  }

  Clock::time_point began_, painted_;
  Look look_;
  BuildState state_;
  Screen screen_;
};

}  // namespace

std::unique_ptr<Progress> make_live_progress() { return std::make_unique<Live>(); }

}  // namespace husk::build
