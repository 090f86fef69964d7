#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace husk::transfer {

/// How far a pull or a push is.
struct State {
  std::size_t layers = 0;   // of the image
  std::size_t moved = 0;    // of them, those that had to be moved and were
  std::size_t to_move = 0;  // of them, those that have to be, as far as known
  std::uint64_t bytes = 0;  // moved
  std::uint64_t total = 0;  // to be moved, as far as known
};

/// Called often; empty functions are not.
struct Progress {
  std::function<void(const State&)> changed = {};
};

/// "1.2 MB": as docker prints sizes.
std::string format_bytes(std::uint64_t bytes);

/// {"layers":5,"moved":1,"to_move":3,"bytes":1200000,"total":3000000}: a line of --progress=json.
std::string print_json(const State& state);

/// "pulled 1 of 5 layers, 1.2 MB".
std::string summary(const char* verb, const State& state);

}  // namespace husk::transfer
