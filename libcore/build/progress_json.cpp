#include "libcore/base/text.hpp"
#include "libcore/base/time.hpp"
#include "libcore/build/progress.hpp"

#include <array>
#include <cstdio>
#include <map>

namespace husk::build {
namespace {

constexpr std::array event_names = {"stage",  "started", "cached",  "config",  "done",
                                    "failed", "output",  "pulling", "pulled",  "terminal",
                                    "note",   "checks",  "tick",    "finished"};

class JsonProgress : public Progress {
 public:
  void show(const Event& event) override {
    if (event.kind == Event::Kind::stage) names_[event.stage] = event.text;
    std::fputs(print_json_event(event, names_[event.stage], format_rfc3339(now())).c_str(), stderr);
  }

 private:
  std::map<std::size_t, std::string> names_;
};

}  // namespace

std::string print_json_event(const Event& event, std::string_view stage, std::string_view time) {
  using Kind = Event::Kind;
  if (event.kind == Kind::tick) return "";
  std::string out = cat("{\"time\":", json_string(time), ",\"event\":\"",
                        event_names.at(static_cast<std::size_t>(event.kind)), "\"");
  const bool of_build = event.kind == Kind::pulling || event.kind == Kind::pulled ||
                        event.kind == Kind::note || event.kind == Kind::terminal ||
                        event.kind == Kind::finished;
  if (!of_build) out += cat(",\"stage\":", json_string(stage));
  if (event.step > 0) out += cat(",\"step\":", event.step);
  if (event.steps > 0) out += cat(",\"steps\":", event.steps);
  const bool timed = event.kind == Kind::done || event.kind == Kind::failed || event.kind == Kind::pulled ||
                     event.kind == Kind::finished;
  if (timed) {
    std::array<char, 32> seconds{};
    (void)std::snprintf(seconds.data(), seconds.size(), "%.6f", event.seconds);
    out += cat(",\"seconds\":", seconds.data());
  }
  if (event.kind == Kind::pulling) out += cat(",\"bytes\":", event.bytes, ",\"total\":", event.total);
  if (event.kind == Kind::pulling || event.kind == Kind::pulled)
    return out + cat(",\"image\":", json_string(event.text), "}\n");
  if (event.kind == Kind::finished) return out + cat(",\"image_id\":", json_string(event.text), "}\n");
  if (event.kind != Kind::stage) out += cat(",\"text\":", json_string(event.text));
  return out + "}\n";
}

std::unique_ptr<Progress> make_json_progress() { return std::make_unique<JsonProgress>(); }

}  // namespace husk::build
