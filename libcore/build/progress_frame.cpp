#include "libcore/build/progress_frame.hpp"

#include "libcore/base/columns.hpp"
#include "libcore/base/text.hpp"
#include "libcore/transfer/progress.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace husk::build {
namespace {

constexpr std::size_t longest_tail = 6;  // lines of a running step
enum class Colour : std::uint8_t { none, dim, red, green, cyan };

std::string paint(std::string_view text, Colour colour, const Look& look) {
  constexpr std::array<const char*, 5> codes = {"", "2", "31", "32", "36"};
  if (!look.colours || colour == Colour::none) return std::string(text);
  return cat("\033[", codes.at(static_cast<std::size_t>(colour)), "m", text, "\033[0m");
}

struct Mark {
  std::string_view unicode, ascii;
};
constexpr Mark done_mark = {"✓", "*"}, failed_mark = {"✗", "!"}, bar = {"│", "|"}, dot = {"·", "-"};

std::string_view glyph(const Mark& mark, const Look& look) {
  return look.unicode ? mark.unicode : mark.ascii;
}

std::string_view spinner(double now, const Look& look) {
  constexpr std::array<Mark, 8> turns = {
      {{"⣾", "|"}, {"⣽", "/"}, {"⣻", "-"}, {"⢿", "\\"}, {"⡿", "|"}, {"⣟", "/"}, {"⣯", "-"}, {"⣷", "\\"}}};
  return glyph(turns.at(static_cast<std::size_t>(now * 8) % turns.size()), look);
}

struct Line {
  std::string_view mark;
  Colour colour = Colour::none;
  std::string label;
  std::string text;
  std::string right;
};

// "✓ [2/5] RUN make                                       3.4s", a column less than the terminal has.
std::string draw_line(const Line& line, const Look& look) {
  const std::size_t width = look.columns - std::min<std::size_t>(look.columns, 1);
  const std::size_t right = line.right.empty() ? 0 : columns_of(line.right) + 1;
  const bool has_right = right + 8 < width;
  const std::size_t left = has_right ? width - right : width;
  const std::string plain =
      fit_columns(cat(line.mark, " ", line.label, line.label.empty() ? "" : " ", line.text), left);
  // Coloured after it was cut: what is cut may reach into the label.
  const std::size_t mark = std::min(plain.size(), line.mark.size());
  std::string out = paint(std::string_view(plain).substr(0, mark), line.colour, look);
  out += std::string_view(plain).substr(mark);
  if (!has_right || line.right.empty()) return out;
  out.append(width - columns_of(plain) - columns_of(line.right), ' ');
  return out + paint(line.right, Colour::dim, look);
}

std::string draw_tail_line(const std::string& line, const Look& look) {
  const std::size_t width = look.columns - std::min<std::size_t>(look.columns, 1);
  return paint(fit_columns(cat("  ", glyph(bar, look), " ", line), width), Colour::dim, look);
}

std::string format_pull(const BuildState::Pull& pull) {
  if (pull.bytes == 0 && pull.total == 0) return "";
  const std::string of = pull.total == 0 ? "" : cat(" of ", transfer::format_bytes(pull.total));
  return cat(transfer::format_bytes(pull.bytes), of, "  ");
}

std::string draw_status(const BuildState& state, const Look& look, double now) {
  const auto counts = state.counts();
  const std::string between = cat(" ", glyph(dot, look), " ");
  std::string text = cat(counts.finished, " of ", counts.steps, " steps");
  if (counts.cached > 0) text += cat(between, counts.cached, " cached");
  if (counts.ran > 0) text += cat(between, counts.ran, " ran");
  return draw_line({.mark = spinner(now, look), .label = "", .text = text, .right = format_duration(now)},
                   look);
}

}  // namespace

std::string format_duration(double seconds) {
  std::array<char, 32> text{};
  // 59.96 is no "60.0s".
  const double tenths = std::floor(std::max(seconds, 0.0) * 10);
  const auto whole = static_cast<unsigned long>(tenths / 10);
  if (whole < 60) {
    (void)std::snprintf(text.data(), text.size(), "%.1fs", tenths / 10);
  } else if (whole < 3600) {
    (void)std::snprintf(text.data(), text.size(), "%lum%02lus", whole / 60, whole % 60);
  } else {
    (void)std::snprintf(text.data(), text.size(), "%luh%02lum", whole / 3600, whole / 60 % 60);
  }
  return text.data();
}

std::vector<std::string> draw_frame(const BuildState& state, const Look& look, double now) {
  const std::size_t rows = std::max<std::size_t>(look.rows, 2) - 1;
  const std::size_t working = state.steps().size() + state.pulls().size();
  // Most of all the line about everything, then what is running, then what that prints.
  const std::size_t heads = std::min(working, rows - 1);
  const std::size_t left = rows - 1 - heads;
  const std::size_t tail = state.steps().empty() ? 0 : std::min(longest_tail, left / state.steps().size());

  std::vector<std::string> lines;
  for (const auto& [name, pull] : state.pulls()) {
    lines.push_back(draw_line({.mark = spinner(now, look),
                               .colour = Colour::cyan,
                               .label = "",
                               .text = cat("pulling ", escape(name)),
                               .right = cat(format_pull(pull), format_duration(now - pull.began))},
                              look));
  }
  for (const auto& [index, step] : state.steps()) {
    lines.push_back(draw_line({.mark = spinner(now, look),
                               .colour = Colour::cyan,
                               .label = state.label(step),
                               .text = step.text,
                               .right = format_duration(now - step.began)},
                              look));
    if (heads < working) continue;
    for (const std::string& line : last_lines(step.output, tail)) lines.push_back(draw_tail_line(line, look));
  }
  if (heads < working) lines.resize(heads);
  lines.push_back(draw_status(state, look, now));
  return lines;
}

std::string summary(const BuildState& state, double seconds) {
  const auto counts = state.counts();
  return cat("built in ", format_duration(seconds), ": ", counts.cached,
             counts.cached == 1 ? " step" : " steps", " cached, ", counts.ran, " ran");
}

std::string draw_result(const BuildState& state, const Event& event, const Look& look) {
  using Kind = Event::Kind;
  const auto line = [&](const Mark& mark, Colour colour, const std::string& right) {
    return draw_line({.mark = glyph(mark, look),
                      .colour = colour,
                      .label = state.label(event),
                      .text = event.text,
                      .right = right},
                     look) +
           "\n";
  };
  switch (event.kind) {
    case Kind::cached: return line(done_mark, Colour::dim, "cached");
    case Kind::done: return line(done_mark, Colour::green, format_duration(event.seconds));
    case Kind::failed: {
      std::string out = line(failed_mark, Colour::red, format_duration(event.seconds));
      for (const std::string& each : last_lines(state.ended_step().output, longest_failure)) {
        out += cat("  ", glyph(bar, look), " ", each, "\n");
      }
      return out;
    }
    case Kind::pulled: {
      const std::string size = format_pull(state.ended_pull());
      return draw_line({.mark = glyph(done_mark, look),
                        .colour = Colour::green,
                        .label = "",
                        .text = cat("pulled ", escape(event.text)),
                        .right = cat(size, format_duration(event.seconds))},
                       look) +
             "\n";
    }
    case Kind::terminal:
    case Kind::note:
    case Kind::checks: return cat("husk-build: ", event.text, "\n");
    case Kind::finished: return summary(state, event.seconds) + "\n";
    case Kind::stage:
    case Kind::started:
    case Kind::config:
    case Kind::output:
    case Kind::pulling:
    case Kind::tick: return "";
  }
  return "";
}

}  // namespace husk::build
