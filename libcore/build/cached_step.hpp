#pragma once

#include "libcore/oci/build_cache.hpp"
#include "libcore/store/cache.hpp"

#include <optional>
#include <string>
#include <string_view>

// What the records of the store's cache mean to a build.
namespace husk::build {

constexpr const char* no_time = "1970-01-01T00:00:00Z";  // of what doesn't know its own

/// Of a step that was made at TIME (RFC 3339); PARTS are those of its key.
std::string step_note(const std::string& time, std::string_view title, std::string_view parts);
/// The time; 1970 if NOTE has none.
std::string created_of(std::string_view note);

/// Of what a COPY takes from an image.
std::string content_note(std::string_view digest);
std::optional<std::string> content_of(std::string_view note);

/// As other machines get to see it, and back. Nothing for a record of another kind.
std::optional<oci::CachedStep> cached_step(const std::string& key, const store::CacheRecord& record);
store::CacheRecord record_of(const oci::CachedStep& step);

}  // namespace husk::build
