#include "libcore/build/progress.hpp"

#include "libcore/base/text.hpp"

#include <array>
#include <cstdio>
#include <map>

namespace husk::build {
namespace {

void print(const std::string& text) { std::fputs(text.c_str(), stderr); }

/// What a step has printed, cut into lines.
class Lines {
 public:
  /// The lines that are complete now.
  std::string add(const std::string& text, const std::string& prefix) {
    rest_ += text;
    std::string out;
    for (std::size_t end = 0; (end = rest_.find('\n')) != std::string::npos;) {
      out += cat(prefix, std::string_view(rest_).substr(0, end + 1));
      rest_.erase(0, end + 1);
    }
    return out;
  }
  std::string finish(const std::string& prefix) { return rest_.empty() ? "" : add("\n", prefix); }

 private:
  std::string rest_;
};

class Plain : public Progress {
 public:
  void show(const Event& event) override {
    using Kind = Event::Kind;
    const std::string label = label_of(event);
    Lines& lines = lines_[event.stage];
    const std::string prefix = names_.size() > 1 ? label : "";
    switch (event.kind) {
      case Kind::stage: names_[event.stage] = event.text; break;
      case Kind::started: print(cat(label, event.text, "\n")); break;
      case Kind::cached: print(cat(label, event.text, "  CACHED\n")); break;
      case Kind::done: finish(lines, prefix, cat(label, "done in ", seconds(event.seconds), "\n")); break;
      case Kind::failed:
        finish(lines, prefix, cat(label, "failed after ", seconds(event.seconds), "\n"));
        break;
      case Kind::output: print(lines.add(event.text, prefix)); break;
      case Kind::pulling: print(cat("pulling ", quote(event.text), "\n")); break;
      case Kind::pulled: print(cat("pulled ", quote(event.text), "\n")); break;
      case Kind::note: print(cat("husk-build: ", event.text, "\n")); break;
    }
  }

 private:
  static std::string seconds(double value) {
    std::array<char, 32> text{};
    (void)std::snprintf(text.data(), text.size(), "%.1f s", value);
    return text.data();
  }
  static void finish(Lines& lines, const std::string& prefix, const std::string& last) {
    print(lines.finish(prefix) + last);
  }
  std::string label_of(const Event& event) const {
    const auto name = names_.find(event.stage);
    const std::string stage = names_.size() > 1 && name != names_.end() ? escape(name->second) + " " : "";
    return cat("[", stage, event.step, "/", event.steps, "] ");
  }

  std::map<std::size_t, std::string> names_;  // of the stages
  std::map<std::size_t, Lines> lines_;
};

class Quiet : public Progress {
 public:
  void show(const Event& event) override {
    std::string& text = output_[event.stage];
    if (event.kind == Event::Kind::started) text.clear();
    if (event.kind == Event::Kind::output) {
      text += event.text;
      if (text.size() > 2 * longest) text.erase(0, text.size() - longest);
    }
    if (event.kind != Event::Kind::failed || text.empty()) return;
    if (text.size() > longest) text.erase(0, text.size() - longest);
    print(text + (text.ends_with('\n') ? "" : "\n"));
  }

 private:
  static constexpr std::size_t longest = 16384;
  std::map<std::size_t, std::string> output_;
};

}  // namespace

std::unique_ptr<Progress> make_progress(ProgressStyle style) {
  if (style == ProgressStyle::quiet) return std::make_unique<Quiet>();
  return std::make_unique<Plain>();
}

}  // namespace husk::build
