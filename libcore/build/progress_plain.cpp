#include "libcore/base/columns.hpp"
#include "libcore/base/text.hpp"
#include "libcore/build/progress.hpp"
#include "libcore/build/progress_frame.hpp"

#include <cstdio>

// Progress as lines: for logs, and for those who want to hear of nothing but failures.
namespace husk::build {
namespace {

void print(const std::string& text) { std::fputs(text.c_str(), stderr); }

class Plain : public Progress {
 public:
  void show(const Event& event) override {
    using Kind = Event::Kind;
    state_.apply(event, 0);
    const std::string label = state_.label(event) + " ";
    switch (event.kind) {
      case Kind::started:
      case Kind::config: print(cat(label, event.text, "\n")); break;
      case Kind::cached: print(cat(label, event.text, "  CACHED\n")); break;
      case Kind::done:
        print(finish_line(event) + cat(label, "done in ", format_duration(event.seconds), "\n"));
        break;
      case Kind::failed: show_failure(event, label); break;
      case Kind::output: print(complete_lines(event)); break;
      case Kind::pulling:
        if (event.bytes == 0) print(cat("pulling ", escape(event.text), "\n"));
        break;
      case Kind::pulled:
        print(cat("pulled ", escape(event.text), " in ", format_duration(event.seconds), "\n"));
        break;
      case Kind::terminal:
      case Kind::note:
      case Kind::checks: print(cat("husk-build: ", event.text, "\n")); break;
      case Kind::finished: print(summary(state_, event.seconds) + "\n"); break;
      case Kind::stage:
      case Kind::tick: break;
    }
  }

 private:
  // Lines of several stages are mixed: each says whose it is.
  std::string prefix(const Event& event) const {
    return state_.several_stages() ? state_.label(event) + " " : "";
  }

  std::string complete_lines(const Event& event) {
    std::string& rest = unfinished_[event.stage];
    rest += event.text;
    std::string out;
    std::size_t begin = 0;
    for (std::size_t end = 0; (end = rest.find('\n', begin)) != std::string::npos; begin = end + 1) {
      out += cat(prefix(event), plain_line(std::string_view(rest).substr(begin, end - begin)), "\n");
    }
    rest.erase(0, begin);
    last_ = event.stage;
    return out;
  }

  std::string finish_line(const Event& event) {
    Event end = event;
    end.text = unfinished_[event.stage].empty() ? "" : "\n";
    return complete_lines(end);
  }

  // Where other stages had their say meanwhile, what the step printed is shown once more.
  void show_failure(const Event& event, const std::string& label) {
    const bool interrupted = last_ != event.stage;
    std::string out = finish_line(event) + cat(label, "failed after ", format_duration(event.seconds), "\n");
    if (interrupted) {
      for (const std::string& line : last_lines(state_.ended_step().output, longest_failure)) {
        out += cat(prefix(event), line, "\n");
      }
    }
    print(out);
  }

  BuildState state_;
  std::map<std::size_t, std::string> unfinished_;  // of each stage: the line that has no end yet
  std::size_t last_ = 0;                           // the stage whose output came last
};

class Quiet : public Progress {
 public:
  void show(const Event& event) override {
    state_.apply(event, 0);
    if (event.kind == Event::Kind::note || event.kind == Event::Kind::terminal)
      print(cat("husk-build: ", event.text, "\n"));
    if (event.kind != Event::Kind::failed) return;
    std::string out;
    for (const std::string& line : last_lines(state_.ended_step().output, longest)) out += line + "\n";
    print(out);
  }

 private:
  static constexpr std::size_t longest = 200;  // lines
  BuildState state_;
};

}  // namespace

std::unique_ptr<Progress> make_plain_progress() { return std::make_unique<Plain>(); }
std::unique_ptr<Progress> make_quiet_progress() { return std::make_unique<Quiet>(); }

}  // namespace husk::build
