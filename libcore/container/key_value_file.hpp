#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace husk::container {

/// The value that the caller has for a name.
using LookUp = std::function<std::optional<std::string>(const char*)>;

/// The "NAME=VALUE" lines of a file for --env-file or --label-file, as docker reads them (pkg/kvfile): blanks
/// before a name go, those after a value stay, quotes mean nothing, lines that are empty or begin with # are
/// left out, a byte order mark at the start too. A line "NAME" is what LOOK_UP finds, or nothing; without
/// LOOK_UP it stays. Throws Error that names the line.
std::vector<std::string> parse_key_values(std::string_view text, const LookUp& look_up);

/// The same of the file PATH, of at most 1 MiB.
std::vector<std::string> read_key_values(const std::string& path, const LookUp& look_up);

/// Puts "NAME[=VALUE]" into LABELS; what check_label() says.
void add_label(std::map<std::string, std::string>& labels, std::string_view text);

/// "NAME[=VALUE]": throws Error, with docker's words, if that is no label.
void check_label(std::string_view text);

}  // namespace husk::container
