#include "libcore/cli/row_format.hpp"

#include "libcore/base/error.hpp"
#include "libcore/cli/table.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace husk::cli {
namespace {

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

// In the first unit in which it is less than MOST.
std::string print_amount(std::uint64_t bytes, double base, double most, const char* format,
                         const std::array<const char*, 7>& units) {
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= most && unit + 1 < units.size()) {
    value /= base;
    ++unit;
  }
  std::array<char, 32> buffer{};
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"  // one of the two below
  (void)std::snprintf(buffer.data(), buffer.size(), format, value, units.at(unit));
#pragma GCC diagnostic pop
  return buffer.data();
}

}  // namespace

RowFormat::RowFormat(std::string_view text, std::vector<Column> columns) : columns_(std::move(columns)) {
  constexpr std::string_view table = "table ";
  if (text == "json") return;
  table_ = text.starts_with(table);
  template_.emplace(unescape(table_ ? text.substr(table.size()) : text));
  for (const std::string& field : template_->fields()) {
    if (field.empty() || std::ranges::find(columns_, field, &Column::field) != columns_.end()) continue;
    std::string all;
    for (const Column& column : columns_) all += cat(all.empty() ? "" : " ", ".", column.field);
    Error error(cat("format ", quote(text), ": there is no field ", quote(cat(".", field))), Exit::usage);
    error.set_hint(cat("there are: ", all, ", and json . for all of them"));
    throw error;
  }
}

bool RowFormat::names(const std::string& field) const {
  return template_ && template_->fields().contains(field);
}

Value RowFormat::object(const Row& row) const {
  Value::Object object;
  for (std::size_t i = 0; i < columns_.size(); ++i) object.push_back({columns_[i].field, row.at(i)});
  return object;
}

std::string RowFormat::print(const std::vector<Row>& rows) const {
  const auto render = [&](const Row& row) {
    return template_ ? template_->render(object(row)) : print_json(object(row));
  };
  if (!table_) {
    std::string text;
    for (const Row& row : rows) text += render(row) + "\n";
    return text;
  }
  Row headings;
  for (const Column& column : columns_) headings.push_back(column.heading);
  std::vector<std::vector<std::string>> cells = {split_tabs(template_->render_heading(object(headings)))};
  for (const Row& row : rows) cells.push_back(split_tabs(render(row)));
  return print_table(cells);
}

std::string format_size(std::uint64_t bytes) {
  // 999.6 would be printed as 1e+03.
  return print_amount(bytes, 1000, 999.5, "%.3g%s", {"B", "kB", "MB", "GB", "TB", "PB", "EB"});
}

std::string format_memory(std::uint64_t bytes) {
  return print_amount(bytes, 1024, 1024, "%.4g%s", {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"});
}

}  // namespace husk::cli
