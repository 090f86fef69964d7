#pragma once

#include "libcore/base/value.hpp"
#include "libcore/cli/template.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace husk::cli {

/// What a listing has for each row: the name that docker's templates give it, and its heading in a table.
/// What takes arguments, as {{.Label "name"}} does, has a function for both.
struct Column {
  std::string field;  // "CreatedSince"
  Value heading;      // "CREATED"
};

/// A value for each column; a text as a rule.
using Row = std::vector<Value>;

/// How a listing is printed; the value of --format. "json" is an object a line; a template, with \t and \n, a
/// line for each row; the same after "table " has headings and aligned columns, one for each part between
/// tabs.
class RowFormat {
 public:
  /// Throws Error with exit usage if TEXT is no such template or names a field that is not there; the hint
  /// lists them.
  RowFormat(std::string_view text, std::vector<Column> columns);

  /// Whether a template asks for the field by name: some are dear to find out.
  [[nodiscard]] bool names(const std::string& field) const;

  /// All lines, each with its end.
  [[nodiscard]] std::string print(const std::vector<Row>& rows) const;

 private:
  [[nodiscard]] Value object(const Row& row) const;

  std::vector<Column> columns_;
  std::optional<Template> template_;  // nothing: json
  bool table_ = false;
};

/// "7.05MB": how docker prints sizes, in powers of 1000 and three digits.
std::string format_size(std::uint64_t bytes);
/// "7.05MiB": how docker prints amounts of memory, in powers of 1024 and four digits.
std::string format_memory(std::uint64_t bytes);

}  // namespace husk::cli
