#include "libcore/registry/header_text.hpp"

#include "libcore/base/ascii.hpp"

#include <algorithm>
#include <charconv>
#include <ctime>

namespace husk::registry {
namespace {

constexpr std::string_view token_extra = "!#$%&'*+-.^_`|~";

bool is_token_char(char c) { return is_alphanumeric(c) || token_extra.find(c) != std::string_view::npos; }

/// Takes one thing after the other off the front of a header.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}
  bool at_end() const { return text_.empty(); }
  void skip_space() {
    while (!text_.empty() && (text_.front() == ' ' || text_.front() == '\t')) text_.remove_prefix(1);
  }
  bool take(char c) {
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  std::string_view token() {
    const auto end = std::ranges::find_if_not(text_, is_token_char);
    const std::string_view found = text_.substr(0, static_cast<std::size_t>(end - text_.begin()));
    text_.remove_prefix(found.size());
    return found;
  }
  /// After the opening quote; nothing if it is not closed or holds a control character.
  std::optional<std::string> quoted() {
    std::string out;
    while (!text_.empty()) {
      char c = text_.front();
      text_.remove_prefix(1);
      if (c == '"') return out;
      if (c == '\\') {
        if (text_.empty()) return std::nullopt;
        c = text_.front();
        text_.remove_prefix(1);
      }
      const auto byte = static_cast<unsigned char>(c);
      if ((byte < 0x20 && c != '\t') || byte == 0x7F) return std::nullopt;
      out += c;
    }
    return std::nullopt;
  }
  std::optional<std::uint64_t> number() {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), value);
    if (error != std::errc{}) return std::nullopt;
    text_.remove_prefix(static_cast<std::size_t>(end - text_.data()));
    return value;
  }
  std::string_view rest() const { return text_; }
  void rewind(std::string_view to) { text_ = to; }

 private:
  std::string_view text_;
};

/// name=value, after which a comma or the end stands. Leaves READER alone if there is none.
bool take_param(Reader& reader, std::map<std::string, std::string>& params) {
  const std::string_view before = reader.rest();
  const std::string name = to_lower(reader.token());
  reader.skip_space();
  if (name.empty() || !reader.take('=')) return reader.rewind(before), false;
  reader.skip_space();
  std::optional<std::string> value;
  if (reader.take('"')) {
    value = reader.quoted();
  } else {
    value = std::string(reader.token());
  }
  if (!value) return reader.rewind(before), false;
  params.try_emplace(name, std::move(*value));
  return true;
}

void parse_one_header(std::string_view value, std::vector<Challenge>& out) {
  Reader reader(value);
  while (!reader.at_end()) {
    reader.skip_space();
    if (reader.take(',')) continue;
    Challenge challenge{to_lower(reader.token()), {}};
    if (challenge.scheme.empty()) return;
    reader.skip_space();
    while (take_param(reader, challenge.params)) {
      reader.skip_space();
      if (!reader.take(',')) break;
      reader.skip_space();
    }
    out.push_back(std::move(challenge));
  }
}

}  // namespace

std::vector<Challenge> parse_challenges(const std::vector<std::string>& values) {
  std::vector<Challenge> out;
  for (const std::string& value : values) parse_one_header(value, out);
  return out;
}

std::optional<ContentRange> parse_content_range(std::string_view value) {
  if (!value.starts_with("bytes ")) return std::nullopt;
  Reader reader(value.substr(6));
  const auto first = reader.number();
  if (!first || !reader.take('-')) return std::nullopt;
  const auto last = reader.number();
  if (!last || !reader.take('/')) return std::nullopt;
  ContentRange range{*first, *last, {}};
  if (!reader.take('*')) {
    range.size = reader.number();
    if (!range.size) return std::nullopt;
  }
  if (!reader.at_end()) return std::nullopt;
  return range;
}

std::optional<std::uint64_t> parse_content_length(const std::vector<std::string>& values) {
  if (values.size() != 1) return std::nullopt;
  Reader reader(values.front());
  const auto number = reader.number();
  return number && reader.at_end() ? number : std::nullopt;
}

std::string media_type_of(std::string_view content_type) {
  Reader reader(content_type.substr(0, content_type.find(';')));
  reader.skip_space();
  const std::string_view type = reader.token();
  if (type.empty() || !reader.take('/')) return {};
  const std::string_view subtype = reader.token();
  reader.skip_space();
  if (subtype.empty() || !reader.at_end()) return {};
  return to_lower(type) + "/" + to_lower(subtype);
}

std::string parse_warning(std::string_view value) {
  constexpr std::string_view start = "299 - \"";
  if (!value.starts_with(start)) return {};
  Reader reader(value.substr(start.size()));
  const auto text = reader.quoted();
  return text && reader.at_end() ? *text : std::string{};
}

std::optional<std::chrono::seconds> parse_retry_after(std::string_view value, std::chrono::seconds now) {
  Reader reader(value);
  if (const auto seconds = reader.number(); seconds && reader.at_end()) {
    return std::chrono::seconds(std::min<std::uint64_t>(*seconds, 1'000'000));
  }
  const auto then = parse_http_date(value);
  if (!then) return std::nullopt;
  return *then > now ? *then - now : std::chrono::seconds(0);
}

std::optional<std::chrono::seconds> parse_http_date(std::string_view value) {
  std::tm parts{};
  const char* const end = ::strptime(std::string(value).c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return end == nullptr ? std::nullopt : std::optional(std::chrono::seconds(::timegm(&parts)));
}

std::string parse_disposition(std::string_view value) {
  constexpr std::string_view key = "filename";
  for (std::size_t semicolon = value.find(';'); semicolon != std::string_view::npos;
       semicolon = value.find(';', semicolon + 1)) {
    Reader reader(value.substr(semicolon + 1));
    reader.skip_space();
    if (to_lower(reader.token()) != key) continue;
    reader.skip_space();
    if (!reader.take('=')) continue;
    reader.skip_space();
    const bool quoted = reader.take('"');
    std::string name = quoted ? reader.quoted().value_or("") : std::string(reader.token());
    // Of a whole path, the last component (RFC 6266, 4.3).
    name.erase(0, name.find_last_of("/\\") + 1);
    const bool control = std::ranges::any_of(name, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
    if (name.empty() || name == "." || name == ".." || name.size() > 255 || control) return {};
    return name;
  }
  return {};
}

}  // namespace husk::registry
