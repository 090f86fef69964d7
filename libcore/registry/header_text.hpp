#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What stands in header lines. All of it was written by a server that nobody has to trust.
namespace husk::registry {

/// RFC 9110, section 11.6.1.
struct Challenge {
  std::string scheme;                         // lower case: "bearer"
  std::map<std::string, std::string> params;  // names in lower case
  friend bool operator==(const Challenge&, const Challenge&) = default;
};

/// All challenges in the values of WWW-Authenticate headers. What can't be read is left out.
std::vector<Challenge> parse_challenges(const std::vector<std::string>& values);

struct ContentRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  std::optional<std::uint64_t> size = {};
  friend bool operator==(const ContentRange&, const ContentRange&) = default;
};
/// "bytes 5-9/10", "bytes 5-9/*". Nothing for other text.
std::optional<ContentRange> parse_content_range(std::string_view value);

/// Digits only. Nothing for other text and for several headers.
std::optional<std::uint64_t> parse_content_length(const std::vector<std::string>& values);

/// "application/json" of "application/json; charset=utf-8"; "" for what is no media type.
std::string media_type_of(std::string_view content_type);

/// The text in a Warning header with code 299 and agent "-", which registries show to users; "" for all
/// others.
std::string parse_warning(std::string_view value);

/// Seconds, or the date. Nothing for other text.
std::optional<std::chrono::seconds> parse_retry_after(std::string_view value, std::chrono::seconds now);

/// RFC 9110, section 5.6.7, since 1970. Nothing for other text.
std::optional<std::chrono::seconds> parse_http_date(std::string_view value);

/// The file name in a Content-Disposition: one component, and never "." or ".."; "" if there is none.
std::string parse_disposition(std::string_view value);

}  // namespace husk::registry
