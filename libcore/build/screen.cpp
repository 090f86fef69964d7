#include "libcore/build/screen.hpp"

#include "libcore/base/columns.hpp"
#include "libcore/base/text.hpp"

#include <algorithm>

namespace husk::build {
namespace {

// A quarter of a second, which is as long as tmux waits with the news of a new size.
constexpr std::size_t frames_kept = 4;

// Of a line with colours.
std::size_t width_of(const std::string& line) { return columns_of(plain_line(line)); }

// How many more rows than lines these are, once a terminal with COLUMNS has broken them.
std::size_t broken_off(const std::vector<std::size_t>& widths, std::size_t columns) {
  std::size_t rows = 0;
  for (const std::size_t width : widths) rows += width == 0 ? 0 : (width - 1) / columns;
  return rows;
}

}  // namespace

// tmux breaks the lines of the frame that is there at once, and tells of its new width a moment later. A
// frame that was painted between has a row for each line, below those that the older one was broken into.
// Which one that was can't be known: the one that takes least, so that nothing is erased that is not ours.
std::size_t Screen::rows_of_last(std::size_t columns) const {
  if (frames_.empty()) return 0;
  std::size_t more = broken_off(frames_.back(), columns);
  for (const auto& widths : frames_) more = std::min(more, broken_off(widths, columns));
  return frames_.back().size() + more;
}

std::string Screen::repaint(const std::string& above, const std::vector<std::string>& frame,
                            std::size_t columns) {
  const std::size_t rows = rows_of_last(std::max<std::size_t>(columns, 1));
  if (columns < columns_) frames_.clear();
  columns_ = columns;

  // Synchronised output: a terminal that knows it shows all or nothing, others ignore it.
  std::string out = "\033[?2026h\r";
  if (rows > 1) out += cat("\033[", rows - 1, "A");
  for (std::size_t begin = 0; begin < above.size();) {
    const std::size_t end = std::min(above.find('\n', begin), above.size());
    out += cat(std::string_view(above).substr(begin, end - begin), "\033[K\n");
    begin = end + 1;
  }
  // Lines are cut at the edge, not wrapped (DECAWM); see rows_of_last().
  out += "\033[?7l";
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < frame.size(); ++i) {
    // The last line has no end: there would be an empty row below.
    out += cat(i == 0 ? "" : "\n", frame[i], "\033[K");
    widths.push_back(width_of(frame[i]));
  }
  frames_.push_back(std::move(widths));
  if (frames_.size() > frames_kept) frames_.erase(frames_.begin());
  return out + "\033[J\033[?7h\033[?2026l";
}

}  // namespace husk::build
