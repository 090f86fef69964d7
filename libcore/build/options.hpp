#pragma once

#include "libcore/build/annotation.hpp"
#include "libcore/build/cache_option.hpp"
#include "libcore/build/context_name.hpp"
#include "libcore/build/output.hpp"
#include "libcore/build/provenance_option.hpp"
#include "libcore/build/run_options.hpp"
#include "libcore/dockerfile/expand.hpp"
#include "libcore/oci/image_config.hpp"
#include "libcore/oci/reference.hpp"
#include "libcore/userns/id_map.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace husk::build {

enum class Cache : std::uint8_t { use, ignore };

/// What a user asks for. Plain data.
struct Options {
  ContextName main_context;             // the last argument
  std::filesystem::path context = ".";  // the same, if it is a directory
  NamedContexts named_contexts;         // --build-context
  std::string dockerfile;               // -f; empty: Dockerfile in the context; "-": standard input
  std::vector<oci::Reference> tags;
  dockerfile::Variables arguments;  // --build-arg
  std::string target;
  Cache cache = Cache::use;
  std::vector<std::string> no_cache_stages;      // names or numbers of stages whose steps are made anew
  std::vector<transfer::CachePlace> cache_from;  // the first that knows a step wins
  std::vector<CacheTarget> cache_to;
  bool squash = false;          // the target stage becomes one layer
  bool explain = false;         // say why a step is not in the cache
  bool keep_failed = false;     // what a failed step left behind becomes a container
  bool shell_on_error = false;  // a failed RUN opens a shell on the terminal
  RunOptions run;
  userns::Choice userns = userns::Choice::automatic;
  std::vector<std::pair<std::string, std::string>> labels;
  std::vector<Annotation> annotations;
  std::vector<oci::Platform> platforms;          // none: this machine's
  std::vector<Output> outputs;                   // none: an image in the store
  std::filesystem::path id_file, metadata_file;  // may be empty
  bool pull = false;                             // base images, also those that are here
  std::optional<std::int64_t> source_date;       // SOURCE_DATE_EPOCH
  bool rewrite_times = false;                    // no file of a layer that is made is newer than that
  bool verify = false;                           // build twice and compare
  std::optional<ProvenanceOption> provenance;    // how the image was made goes with it
  std::chrono::milliseconds tick{};  // how often Event::Kind::tick is wanted while nothing happens; 0: never
  std::size_t jobs = 0;              // stages that are built at the same time; 0: one a processor

  /// The first of the platforms.
  oci::Platform target_platform() const { return platforms.empty() ? oci::host_platform() : platforms[0]; }
};

}  // namespace husk::build
