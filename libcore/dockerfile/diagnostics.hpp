#pragma once

#include "libcore/dockerfile/source.hpp"

#include <utility>
#include <vector>

namespace husk::dockerfile {

/// What is wrong with one Dockerfile: a compiler goes on after an error, so that all of them can be mended at
/// once.
class Diagnostics {
 public:
  void add(SyntaxError error) { errors_.push_back(std::move(error)); }

  /// Runs BODY and keeps the SyntaxError that leaves it. Says whether there was none.
  template <class Body>
  bool run(const Body& body) try {
    body();
    return true;
  } catch (const SyntaxError& error) {
    add(error);
    return false;
  }

  bool empty() const noexcept { return errors_.empty(); }
  /// There are so many that more would help nobody.
  bool full() const noexcept;
  const std::vector<SyntaxError>& errors() const noexcept { return errors_; }

  /// Throws the first one, if there is one.
  void throw_first() const;

  /// Throws all of them as one Error, each with its place in SOURCE, in the order of the lines.
  [[noreturn]] void fail(const Source& source) const;

 private:
  std::vector<SyntaxError> errors_;
};

}  // namespace husk::dockerfile
