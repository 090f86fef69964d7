#pragma once

#include <string>
#include <vector>

namespace husk::build {

/// Some lines at the bottom of a terminal that are painted again and again.
class Screen {
 public:
  /// The bytes that print ABOVE for good, whole lines, and below it FRAME in the place of the last one: the
  /// cursor moves up, every line is written over the old one, and what is left of that is erased. For one
  /// write(2). COLUMNS is what the terminal has: if it has become narrower, it has broken the old lines in
  /// two.
  std::string repaint(const std::string& above, const std::vector<std::string>& frame, std::size_t columns);

  /// The terminal has moved on: what was painted stays where it is.
  void forget() { frames_.clear(); }

 private:
  std::size_t rows_of_last(std::size_t columns) const;

  std::vector<std::vector<std::size_t>> frames_;  // the last ones: how wide their lines are
  std::size_t columns_ = 0;                       // of the terminal, when the last one was painted
};

}  // namespace husk::build
