#pragma once

#include "libcore/cli/template_syntax.hpp"

#include <set>
#include <string>
#include <string_view>

namespace husk::cli {

/// The value of --format: a template as Go's text/template reads it, which docker's options take. It has
/// fields, if, else, with, range, break, continue, variables, pipelines, comments, trimming, and the
/// functions of template_functions.hpp; not define, template and block.
class Template {
 public:
  /// Throws Error with exit usage.
  explicit Template(std::string_view text);

  /// The members of the document that it names; "" if it takes the whole document somewhere.
  [[nodiscard]] std::set<std::string> fields() const;

  /// Throws Error for a field that DOCUMENT does not have, and what else does not fit to it.
  [[nodiscard]] std::string render(const Value& document) const;

  /// The same for what stands above a table's column: functions that change a text leave it as it is.
  [[nodiscard]] std::string render_heading(const Value& headings) const;

 private:
  std::vector<Node> nodes_;
};

}  // namespace husk::cli
