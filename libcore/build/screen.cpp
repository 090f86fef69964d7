#include "libcore/build/screen.hpp"

#include "libcore/base/columns.hpp"
#include "libcore/base/text.hpp"

#include <algorithm>

namespace husk::build {
namespace {

// Of a line with colours.
std::size_t width_of(const std::string& line) { return columns_of(plain_line(line)); }

}  // namespace

std::string Screen::repaint(const std::string& above, const std::vector<std::string>& frame,
                            std::size_t columns) {
  columns = std::max<std::size_t>(columns, 1);
  std::size_t rows = 0;
  for (const std::size_t width : widths_) rows += std::max<std::size_t>(1, (width + columns - 1) / columns);

  // Synchronised output: a terminal that knows it shows all or nothing, others ignore it.
  std::string out = "\033[?2026h\r";
  if (rows > 1) out += cat("\033[", rows - 1, "A");
  for (std::size_t begin = 0; begin < above.size();) {
    const std::size_t end = std::min(above.find('\n', begin), above.size());
    out += cat(std::string_view(above).substr(begin, end - begin), "\033[K\n");
    begin = end + 1;
  }
  widths_.clear();
  for (std::size_t i = 0; i < frame.size(); ++i) {
    // The last line has no end: there would be an empty row below.
    out += cat(i == 0 ? "" : "\n", frame[i], "\033[K");
    widths_.push_back(width_of(frame[i]));
  }
  return out + "\033[J\033[?2026l";
}

}  // namespace husk::build
