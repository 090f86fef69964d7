#pragma once

#include "libcore/registry/client.hpp"
#include "libcore/transfer/progress.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace husk::transfer {

/// What --tls-verify=true|false means. Throws Error with exit usage.
registry::Security parse_tls_verify(std::string_view text);

/// How a pull or a push is shown on standard error. automatic: a line that is written anew where that is a
/// terminal, nothing before the end otherwise; json: for programs, an object a line.
enum class ProgressStyle : std::uint8_t { automatic, json };
/// What --progress=auto|json means.
ProgressStyle parse_progress_style(std::string_view text);

/// Shows it.
class ProgressLine {
 public:
  /// VERB as in "pulled", said at the end.
  explicit ProgressLine(std::string verb, ProgressStyle style = ProgressStyle::automatic);
  ProgressLine(const ProgressLine&) = delete;

  Progress progress();
  /// "pulled 1 of 5 layers, 1.2 MB". Nothing if nothing was told.
  std::string finish();

 private:
  void show(const State& state);
  std::string verb_;
  ProgressStyle style_;
  State last_;
  bool told_ = false;
  bool terminal_;
  std::uint64_t shown_ = 0;  // milliseconds of CLOCK_MONOTONIC
};

}  // namespace husk::transfer
