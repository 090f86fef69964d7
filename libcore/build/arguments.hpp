#pragma once

#include "libcore/build/options.hpp"

#include <string>
#include <vector>

namespace husk::build {

/// The command line of husk-build, as typed.
struct Arguments {
  std::string context = ".", dockerfile, target;
  std::vector<std::string> contexts;  // --build-context
  std::vector<std::string> build_arguments;
  std::vector<std::string> volumes, hosts, limits, secrets, agents, allowed;
  std::string shm_size;
  std::string network = "private", userns = "auto";
  std::size_t jobs = 0;  // 0: as many as there are processors
  std::vector<std::string> cache_from, cache_to;
  bool squash = false;
  bool no_cache = false, keep = false, explain = false;
  std::vector<std::string> no_cache_stages, log;
  std::string on_error = "fail";
  std::vector<std::string> tags, labels, annotations, outputs, platforms;
  bool push = false, pull = false, verify = false;
  std::string id_file, metadata_file, provenance;
  std::vector<std::string> attestations;  // --attest
  bool quiet = false;
  std::string progress = "auto";
  std::string call, format;
  bool check = false;
};

/// What it means. Takes SOURCE_DATE_EPOCH and the values of bare --build-arg NAMEs from the environment.
/// Throws Error with exit usage.
Options read_arguments(const Arguments& arguments);

}  // namespace husk::build
