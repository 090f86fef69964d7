#include "libcore/cli/row_format.hpp"

#include "libcore/base/ascii.hpp"
#include "libcore/base/error.hpp"
#include "libcore/cli/table.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace husk::cli {
namespace {

[[noreturn]] void refuse(std::string_view text, std::string_view why, std::string hint = "") {
  Error error(cat("invalid format ", quote(text), ": ", why), Exit::usage);
  error.set_hint(std::move(hint));
  throw error;
}

// What a shell passes in single quotes: "\t" and "\n" are a tab and the end of a line.
std::string unescape(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char next = text[i] == '\\' && i + 1 < text.size() ? text[i + 1] : '\0';
    if (next == 't' || next == 'n') {
      out += next == 't' ? '\t' : '\n';
      ++i;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::vector<std::string> split_tabs(const std::string& line) {
  std::vector<std::string> cells(1);
  for (const char c : line) {
    if (c == '\t') {
      cells.emplace_back();
    } else {
      cells.back() += c;
    }
  }
  return cells;
}

}  // namespace

RowFormat::RowFormat(std::string_view text, std::vector<Column> columns) : columns_(std::move(columns)) {
  constexpr std::string_view table = "table ";
  if (text == "json") {
    pieces_.push_back({Action::all_json});
    return;
  }
  table_ = text.starts_with(table);
  parse(table_ ? text.substr(table.size()) : text);
}

void RowFormat::parse(std::string_view text) {
  const std::string whole = unescape(text);
  std::string_view rest = whole;
  for (;;) {
    const auto open = rest.find("{{");
    if (open > 0) pieces_.push_back({Action::text, std::string(rest.substr(0, open))});
    if (open == std::string_view::npos) return;
    const auto close = rest.find("}}", open);
    if (close == std::string_view::npos) refuse(text, "a \"{{\" has no \"}}\"");
    pieces_.push_back(parse_action(trim_blanks(rest.substr(open + 2, close - open - 2))));
    rest.remove_prefix(close + 2);
  }
}

RowFormat::Piece RowFormat::parse_action(std::string_view action) const {
  constexpr std::string_view json = "json ";
  const bool as_json = action.starts_with(json);
  const std::string_view name = as_json ? trim_blanks(action.substr(json.size())) : action;
  if (as_json && name == ".") return {Action::all_json};
  const auto found =
      std::ranges::find_if(columns_, [&](const Column& column) { return name == cat(".", column.field); });
  if (found == columns_.end()) {
    std::string fields;
    for (const Column& column : columns_) fields += cat(fields.empty() ? "" : " ", ".", column.field);
    refuse(action, "there is no such field",
           cat("there are: ", fields, ", each also with json before it, and json ."));
  }
  return {as_json ? Action::field_json : Action::field, "",
          static_cast<std::size_t>(found - columns_.begin())};
}

std::string RowFormat::object(const Row& row) const {
  std::string text;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    text += cat(i == 0 ? "{" : ",", json_string(columns_[i].field), ":", json_string(row.at(i)));
  }
  return text + "}";
}

std::string RowFormat::render(const Row& row) const {
  std::string text;
  for (const Piece& piece : pieces_) {
    switch (piece.action) {
      case Action::text: text += piece.text; break;
      case Action::field: text += row.at(piece.column); break;
      case Action::field_json: text += json_string(row.at(piece.column)); break;
      case Action::all_json: text += object(row); break;
    }
  }
  return text;
}

std::string RowFormat::print(const std::vector<Row>& rows) const {
  if (!table_) {
    std::string text;
    for (const Row& row : rows) text += render(row) + "\n";
    return text;
  }
  Row headings;
  for (const Column& column : columns_) headings.push_back(column.heading);
  std::vector<std::vector<std::string>> cells = {split_tabs(render(headings))};
  for (const Row& row : rows) cells.push_back(split_tabs(render(row)));
  return print_table(cells);
}

std::string format_size(std::uint64_t bytes) {
  constexpr std::array<const char*, 7> units = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
  double value = static_cast<double>(bytes);
  std::size_t unit = 0;
  // 999.6 would be printed as 1e+03.
  while (value >= 999.5 && unit + 1 < units.size()) {
    value /= 1000;
    ++unit;
  }
  std::array<char, 32> buffer{};
  (void)std::snprintf(buffer.data(), buffer.size(), "%.3g%s", value, units.at(unit));
  return buffer.data();
}

}  // namespace husk::cli
