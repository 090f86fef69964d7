#include "libcore/build/cached_step.hpp"

#include "libcore/base/text.hpp"

namespace husk::build {
namespace {

constexpr std::string_view created_prefix = "created ";
constexpr std::string_view content_prefix = "content ";

std::string_view line(std::string_view text, std::size_t number) {
  for (; number > 0; --number) {
    const auto end = text.find('\n');
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return text.substr(0, text.find('\n'));
}

}  // namespace

std::string step_note(const std::string& time, std::string_view title, std::string_view parts) {
  return cat(created_prefix, time, "\n", title, "\n", parts);
}

std::string created_of(std::string_view note) {
  if (!note.starts_with(created_prefix)) return no_time;
  return std::string(line(note, 0).substr(created_prefix.size()));
}

std::string content_note(std::string_view digest) { return cat(content_prefix, digest); }

std::optional<std::string> content_of(std::string_view note) {
  if (!note.starts_with(content_prefix)) return std::nullopt;
  return std::string(note.substr(content_prefix.size()));
}

std::optional<oci::CachedStep> cached_step(const std::string& key, const store::CacheRecord& record) {
  const auto digest = oci::Digest::parse("sha256:" + key);
  if (!digest) return std::nullopt;
  if (auto content = content_of(record.note)) return oci::CachedStep{.key = *digest, .content = content};
  if (!record.note.starts_with(created_prefix)) return std::nullopt;
  return oci::CachedStep{.key = *digest,
                         .diff_id = record.diff_id,
                         .created = created_of(record.note),
                         .title = std::string(line(record.note, 1))};
}

store::CacheRecord record_of(const oci::CachedStep& step) {
  return {.diff_id = step.diff_id,
          .note = step.content ? content_note(*step.content) : step_note(step.created, step.title, "")};
}

}  // namespace husk::build
