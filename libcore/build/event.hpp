#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace husk::build {

/// How far a build is.
struct Event {
  enum class Kind : std::uint8_t {
    stage,     // before all others, once for each stage that is built: TEXT is its name, STEPS what it has
    started,   // a step: TEXT is the instruction
    cached,    // the same, where nothing has to be done
    config,    // the same, where nothing but the configuration changes
    done,      // after SECONDS
    failed,    // after SECONDS; the error is thrown by build_image()
    output,    // TEXT: bytes that a step's command wrote
    pulling,   // TEXT: the name of an image, of which BYTES of TOTAL are here
    pulled,    // TEXT: its name
    terminal,  // TEXT: something to say; standard input and the terminal are a step's until the next event
    note,      // TEXT: something to say
    checks,    // TEXT: what the build checks found, some lines
    tick,      // nothing but that time passes
    finished,  // the last one, if all went well: TEXT is the id of the image, SECONDS how long it took
  };
  Kind kind = Kind::note;
  std::size_t stage = 0;  // index in the Dockerfile
  std::size_t step = 0;   // of the stage, from 1
  std::size_t steps =
      0;  // of the stage, as far as known: triggers of the base image are found when it is begun
  std::string text = {};
  double seconds = 0;
  std::string key = {};  // of a step that may change files
  std::uint64_t bytes = 0;
  std::uint64_t total = 0;  // 0: not known
};
using Report = std::function<void(const Event&)>;

/// As text that one process sends another.
std::string print_event(const Event& event);
Event parse_event(std::string_view text);

}  // namespace husk::build
