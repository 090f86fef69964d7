#include "libcore/container/key_value_file.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/base/unicode.hpp"

#include <fcntl.h>
#include <algorithm>

namespace husk::container {
namespace {

constexpr std::size_t max_file = 1 << 20;
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

// What Go calls a space that can be in one byte; others are spaces to nobody who writes such files.
constexpr std::string_view blanks = " \t\n\v\f\r";

// The entry that a line is; nothing if it is none.
std::optional<std::string> parse_line(std::string_view line, const LookUp& look_up) {
  if (!is_utf8(line)) throw Error("it is not UTF-8");
  line.remove_prefix(std::min(line.size(), line.find_first_not_of(blanks)));
  if (line.empty() || line.front() == '#') return std::nullopt;
  const auto equals = line.find('=');
  const std::string name(line.substr(0, equals));
  if (name.empty()) throw Error(cat("no variable name on line ", quote(line)));
  if (name.find_first_of(blanks) != std::string::npos)
    throw Error(cat("variable ", quote(name), " contains whitespaces"));
  if (equals != std::string_view::npos || !look_up) return std::string(line);
  const auto value = look_up(name.c_str());
  return value ? std::optional(cat(name, "=", *value)) : std::nullopt;
}

}  // namespace

std::vector<std::string> parse_key_values(std::string_view text, const LookUp& look_up) {
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  std::vector<std::string> entries;
  for (int number = 1; !text.empty(); ++number) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.ends_with('\r')) line.remove_suffix(1);
    auto entry = in_context([&] { return cat("line ", number); }, [&] { return parse_line(line, look_up); });
    if (entry) entries.push_back(std::move(*entry));
  }
  return entries;
}

std::vector<std::string> read_key_values(const std::string& path, const LookUp& look_up) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) throw_errno("open ", quote(path));
  return in_context([&] { return cat(quote(path)); },
                    [&] { return parse_key_values(read_all(file.get(), max_file, path), look_up); });
}

void check_label(std::string_view text) {
  std::string_view name = text.substr(0, text.find('='));
  name.remove_prefix(std::min(name.size(), name.find_first_not_of(" \t")));
  if (name.empty()) throw Error(cat("invalid label ", quote(text), ": empty name"));
  if (name.find_first_of(" \t") != std::string_view::npos)
    throw Error(cat("label ", quote(name), " contains whitespaces"));
}

void add_label(std::map<std::string, std::string>& labels, std::string_view text) {
  check_label(text);
  const auto equals = text.find('=');
  labels[std::string(text.substr(0, equals))] =
      equals == std::string_view::npos ? "" : text.substr(equals + 1);
}

}  // namespace husk::container
