#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace husk::cli {

/// What a listing has for each row: the name that docker's templates give it, and its heading in a table.
struct Column {
  std::string field;    // "CreatedSince"
  std::string heading;  // "CREATED"
};

/// A text for each column.
using Row = std::vector<std::string>;

/// How a listing is printed; the value of --format. "json" is an object a line; "{{.Field}} {{json .Field}}
/// {{json .}}" with \t and \n a line for each row; the same after "table " has headings and aligned columns,
/// one for each part between tabs.
class RowFormat {
 public:
  /// Throws Error with exit usage if TEXT is no such template or names a field that is not there; the hint
  /// lists them.
  RowFormat(std::string_view text, std::vector<Column> columns);

  /// All lines, each with its end.
  std::string print(const std::vector<Row>& rows) const;

 private:
  enum class Action : std::uint8_t { text, field, field_json, all_json };
  struct Piece {
    Action action;
    std::string text = {};
    std::size_t column = 0;
  };

  void parse(std::string_view text);
  Piece parse_action(std::string_view action) const;
  std::string render(const Row& row) const;
  std::string object(const Row& row) const;

  std::vector<Column> columns_;
  std::vector<Piece> pieces_;
  bool table_ = false;
};

/// "7.05MB": how docker prints sizes, in powers of 1000 and three digits.
std::string format_size(std::uint64_t bytes);

}  // namespace husk::cli
