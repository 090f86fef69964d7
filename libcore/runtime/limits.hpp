#pragma once

#include <sys/resource.h>
#include <cstdint>
#include <string_view>

namespace husk::runtime {

/// A resource limit, getrlimit(2).
struct Limit {
  const char* name = "";  // as docker calls it; never freed
  int resource = 0;
  rlim_t soft = RLIM_INFINITY;
  rlim_t hard = RLIM_INFINITY;
};

/// "nofile=1024:4096": docker's names, -1 is no limit, one number is both. Throws Error with exit usage.
Limit parse_limit(std::string_view text);

/// "64m": --shm-size. Throws Error with exit usage.
std::uint64_t parse_shm_size(std::string_view text);

}  // namespace husk::runtime
