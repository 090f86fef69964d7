#pragma once

#include "libcore/base/value.hpp"
#include "libcore/cli/template.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace husk::cli {

/// What the programs that inspect things print: a JSON array of all of them, or with --format a line for
/// each.
class Inspection {
 public:
  /// FORMAT is empty, "json" (an object a line) or a template. Throws Error with exit usage.
  explicit Inspection(std::string_view format);

  /// Throws Error if the template does not fit to it.
  void add(Value object);

  /// With the end of its last line; of an array also if there is nothing in it.
  [[nodiscard]] std::string print() const;

 private:
  bool is_array_;
  std::optional<Template> template_;
  Value::List objects_;
  std::string lines_;
};

}  // namespace husk::cli
