#include "libcore/build/print_check.hpp"

#include "libcore/base/error.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace husk::build {
namespace {

using dockerfile::Dockerfile;
using dockerfile::LintWarning;
using dockerfile::Outline;

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

// The lines FIRST to LAST, counted from 1, and some around them: BuildKit's errdefs.Source.Print().
std::string print_lines(const std::string& name, const std::vector<std::string_view>& lines, int first,
                        int last) {
  const int count = static_cast<int>(lines.size());
  if (first < 1 || first > count) return "";
  last = std::min(std::max(first, last), count);
  int begin = first, end = last;
  for (int shown = 0; shown < (first == last ? 4 : 2); ++shown) {
    if (begin > 1) {
      --begin;
      ++shown;
    }
    if (end != count) {
      ++end;
      ++shown;
    }
  }
  std::string out = cat(escape(name), ":", first, "\n--------------------\n");
  for (int line = begin; line <= end; ++line) {
    std::array<char, 32> number{};
    (void)std::snprintf(number.data(), number.size(), " %3d | ", line);
    const std::string_view text = lines[static_cast<std::size_t>(line - 1)];
    out += cat(std::string_view(number.data()), line >= first && line <= last ? ">>> " : "    ");
    for (std::size_t begin_of_cell = 0;;) {  // tabs as they are
      const auto tab = text.find('\t', begin_of_cell);
      out += escape(text.substr(begin_of_cell, tab - begin_of_cell));
      if (tab == std::string_view::npos) break;
      out += '\t';
      begin_of_cell = tab + 1;
    }
    out += '\n';
  }
  return out + "--------------------\n";
}

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

// Columns as Go's text/tabwriter aligns them: all cells but the last of a line are padded.
std::string print_columns(std::vector<std::vector<std::string>> rows, std::size_t padding) {
  std::vector<std::size_t> widths;
  for (auto& row : rows) {
    for (std::string& cell : row) cell = escape(cell);
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i + 1 < row.size(); ++i)
      widths[i] = std::max(widths[i], width_of(row[i]) + padding);
  }
  std::string out;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      out += row[i];
      if (i + 1 < row.size()) out += std::string(widths[i] - width_of(row[i]), ' ');
    }
    out += '\n';
  }
  return out;
}

std::string print_secrets(const char* heading, const std::vector<Outline::Secret>& secrets) {
  if (secrets.empty()) return "";
  std::vector<std::vector<std::string>> rows = {{heading, "REQUIRED"}};
  for (const Outline::Secret& secret : secrets) rows.push_back({secret.name, secret.required ? "true" : ""});
  return print_columns(std::move(rows), 3) + "\n";
}

}  // namespace

std::string print_check(const Dockerfile& file, const dockerfile::LintResult& result) {
  const std::size_t count = result.warnings.size();
  if (count == 0) return "Check complete, no warnings found.\n";
  std::string out =
      cat("Check complete, ", count, count == 1 ? " warning has" : " warnings have", " been found!\n");
  const std::vector<std::string_view> lines = lines_of(file.source.text());
  for (const LintWarning& warning : result.warnings) {
    const dockerfile::RuleInfo& rule = dockerfile::info_of(warning.rule);
    out += cat("\nWARNING: ", rule.name, " - ", rule.url(), "\n", escape(warning.detail), "\n",
               print_lines(file.source.name(), lines, warning.first_line, warning.last_line));
  }
  return out;
}

std::string print_outline(const Outline& outline) {
  std::string out;
  if (!outline.name.empty() || !outline.description.empty()) {
    std::vector<std::vector<std::string>> rows = {{"TARGET:", outline.name}};
    if (!outline.description.empty()) rows.push_back({"DESCRIPTION:", outline.description});
    out += print_columns(std::move(rows), 1) + "\n";
  }
  if (!outline.arguments.empty()) {
    std::vector<std::vector<std::string>> rows = {{"BUILD ARG", "VALUE", "DESCRIPTION"}};
    for (const auto& argument : outline.arguments) {
      rows.push_back({argument.name, argument.value, argument.description});
    }
    out += print_columns(std::move(rows), 3) + "\n";
  }
  return out + print_secrets("SECRET", outline.secrets) + print_secrets("SSH", outline.agents);
}

std::string print_targets(const Dockerfile& file) {
  std::vector<std::vector<std::string>> rows = {{"TARGET", "DESCRIPTION"}};
  for (const dockerfile::Stage& stage : file.stages) {
    std::string name = stage.from.name;
    if (&stage == &file.stages.back()) name += name.empty() ? "(default)" : " (default)";
    rows.push_back({name, dockerfile::description_of(stage.instruction.comments, stage.from.name)});
  }
  return print_columns(std::move(rows), 1);
}

}  // namespace husk::build
