#include "libcore/build/progress.hpp"

#include "libcore/base/environment.hpp"
#include "libcore/base/error.hpp"

#include <unistd.h>

namespace husk::build {
namespace {

bool can_paint() {
  return ::isatty(STDERR_FILENO) == 1 && find_environment("TERM").value_or("dumb") != "dumb";
}

}  // namespace

ProgressStyle choose_progress_style(std::string_view text) {
  if (text == "auto") return can_paint() ? ProgressStyle::live : ProgressStyle::plain;
  if (text == "tty") {
    if (!can_paint())
      throw Error("--progress=tty: standard error is no terminal that can be painted on", Exit::usage);
    return ProgressStyle::live;
  }
  if (text == "plain") return ProgressStyle::plain;
  if (text == "quiet" || text == "none") return ProgressStyle::quiet;
  if (text == "json" || text == "rawjson") return ProgressStyle::json;
  throw Error(cat("--progress is auto, tty, plain, quiet or json, not ", quote(text)), Exit::usage);
}

std::unique_ptr<Progress> make_progress(ProgressStyle style) {
  switch (style) {
    case ProgressStyle::live: return make_live_progress();
    case ProgressStyle::plain: return make_plain_progress();
    case ProgressStyle::quiet: return make_quiet_progress();
    case ProgressStyle::json: return make_json_progress();
  }
  return nullptr;
}

}  // namespace husk::build
