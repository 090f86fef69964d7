#include "libcore/dockerfile/diagnostics.hpp"

#include "libcore/dockerfile/limits.hpp"

#include <algorithm>

namespace husk::dockerfile {

bool Diagnostics::full() const noexcept { return errors_.size() >= max_errors; }

void Diagnostics::throw_first() const {
  if (errors_.empty()) return;
  SyntaxError first = errors_.front();
  throw first;
}

void Diagnostics::fail(const Source& source) const {
  std::vector<const SyntaxError*> sorted;
  sorted.reserve(errors_.size());
  for (const SyntaxError& error : errors_) sorted.push_back(&error);
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto* left, const auto* right) {
    const Position a = left->at(), b = right->at();
    return a.line != b.line ? a.line < b.line : a.column < b.column;
  });
  std::string message, hint;
  for (const SyntaxError* error : sorted) {
    message += cat(message.empty() ? "" : "\n", source.explain(error->at(), error->what()));
    if (hint.empty()) hint = error->hint();
  }
  if (full()) message += cat("\n", escape(source.name()), ": too many errors, stopped");
  Error error(std::move(message));
  error.set_hint(std::move(hint));
  throw error;
}

}  // namespace husk::dockerfile
