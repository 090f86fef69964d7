#pragma once

#include "libcore/dockerfile/expand.hpp"
#include "libcore/oci/image_config.hpp"
#include "libcore/oci/reference.hpp"
#include "libcore/runtime/container.hpp"
#include "libcore/userns/id_map.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace husk::build {

enum class Cache : std::uint8_t { use, ignore };

/// What a user asks for. Plain data.
struct Options {
  std::filesystem::path context = ".";
  std::string dockerfile;  // -f; empty: Dockerfile in the context; "-": standard input
  std::vector<oci::Reference> tags;
  dockerfile::Variables arguments;  // --build-arg
  std::string target;
  Cache cache = Cache::use;
  std::vector<runtime::Volume> volumes;  // for every RUN
  runtime::Network network = runtime::Network::private_;
  userns::Choice userns = userns::Choice::automatic;
  std::vector<std::pair<std::string, std::string>> labels;
  std::optional<std::int64_t> source_date;  // SOURCE_DATE_EPOCH
  bool quiet = false;                       // what steps print is shown only if they fail
};

/// How far a build is.
struct Event {
  enum class Kind : std::uint8_t { started, cached, done, note };
  Kind kind = Kind::started;
  std::size_t step = 0;   // from 1
  std::size_t steps = 0;  // all that will be
  std::string text;       // the instruction; of a note, what there is to say
  double seconds = 0;     // done: how long it took
};
using Report = std::function<void(const Event&)>;

}  // namespace husk::build
