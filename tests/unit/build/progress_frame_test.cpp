#include "libcore/build/progress_frame.hpp"

#include "libcore/base/columns.hpp"
#include "libcore/base/text.hpp"
#include "libcore/build/screen.hpp"

#include <gtest/gtest.h>
#include <cstdlib>
#include <fstream>
#include <sstream>

using namespace husk;
using namespace husk::build;

namespace {

using Kind = Event::Kind;

// Compares with a golden screen of tests/data/build-progress; UPDATE_GOLDEN=1 in the environment rewrites it.
void expect_screen(const std::string& name, const std::string& got) {
  const char* const data = std::getenv("TEST_DATA");
  ASSERT_NE(data, nullptr);
  const std::string path = cat(data, "/build-progress/", name);
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path) << got;
    return;
  }
  std::stringstream want;
  want << std::ifstream(path).rdbuf();
  EXPECT_EQ(got, want.str()) << path;
}

// A build in the middle: "build" and "test" run, an image is pulled, "run" waits for it.
BuildState building(std::string* results = nullptr, const Look& look = {}) {
  BuildState state;
  const auto tell = [&](Event event, double now) {
    state.apply(event, now);
    if (results != nullptr) *results += draw_result(state, event, look);
  };
  tell({.kind = Kind::stage, .stage = 0, .steps = 4, .text = "build"}, 0);
  tell({.kind = Kind::stage, .stage = 1, .steps = 3, .text = "test"}, 0);
  tell({.kind = Kind::stage, .stage = 3, .steps = 2, .text = "stage-3"}, 0);
  tell({.kind = Kind::pulling, .text = "docker.io/library/nginx:1.27-alpine"}, 0.1);
  tell({.kind = Kind::config, .stage = 0, .step = 1, .steps = 4, .text = "FROM node AS build"}, 0.1);
  tell({.kind = Kind::cached,
        .stage = 0,
        .step = 2,
        .steps = 4,
        .text = "COPY package.json package-lock.json /app/"},
       0.1);
  tell({.kind = Kind::started, .stage = 0, .step = 3, .steps = 4, .text = "RUN npm ci --no-audit --no-fund"},
       0.1);
  tell({.kind = Kind::output, .stage = 0, .step = 3, .steps = 4, .text = "added 212 packages in 3s\n"}, 3);
  tell({.kind = Kind::done,
        .stage = 0,
        .step = 3,
        .steps = 4,
        .text = "RUN npm ci --no-audit --no-fund",
        .seconds = 3.04},
       3.1);
  tell({.kind = Kind::started,
        .stage = 0,
        .step = 4,
        .steps = 4,
        .text = "RUN npm run build -- --mode production --outDir /app/dist --emptyOutDir --sourcemap "
                "--logLevel info"},
       3.1);
  tell({.kind = Kind::config, .stage = 1, .step = 1, .steps = 3, .text = "FROM node AS test"}, 0.1);
  tell({.kind = Kind::started, .stage = 1, .step = 2, .steps = 3, .text = "RUN npx vitest run"}, 3.2);
  tell({.kind = Kind::output,
        .stage = 0,
        .step = 4,
        .steps = 4,
        .text = "\x1b[36mvite v5.0.0 \x1b[32mbuilding for production...\x1b[39m\ntransforming "
                "(1)\rtransforming (412)\r"},
       4);
  tell({.kind = Kind::output,
        .stage = 1,
        .step = 2,
        .steps = 3,
        .text = "1\n2\n3\n4\n ✓ "
                "漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字\n6\n7\n"
                "half a line"},
       4);
  tell({.kind = Kind::pulling,
        .text = "docker.io/library/nginx:1.27-alpine",
        .bytes = 12'300'000,
        .total = 50'000'000},
       5);
  return state;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string out;
  for (const std::string& line : lines) out += line + "\n";
  return out;
}

std::string screen(const Look& look) {
  std::string results;
  const BuildState state = building(&results, look);
  return results + joined(draw_frame(state, look, 65.3));
}

// What a terminal of that width shows after BYTES, which use no sequences but those of Screen.
std::string show(const std::string& bytes, std::size_t columns) {
  std::vector<std::string> rows(1);
  std::size_t row = 0;
  std::string text = bytes;
  std::size_t column = 0;
  bool wraps = true;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\033') {
      const std::size_t end = text.find_first_of("AKJhl", i);
      const char kind = text[end];
      if (text.substr(i, end - i) == "\033[?7") wraps = kind == 'h';
      if (kind == 'A') row -= std::min<std::size_t>(row, std::stoul(text.substr(i + 2)));
      if (kind == 'K') rows[row].resize(std::min(rows[row].size(), column));
      if (kind == 'J') {
        rows.resize(row + 1);
        rows[row].resize(std::min(rows[row].size(), column));
      }
      i = end;
    } else if (text[i] == '\r') {
      column = 0;
    } else if (text[i] == '\n') {
      column = 0;
      if (++row == rows.size()) rows.emplace_back();
    } else {
      if (column == columns && !wraps) {
        --column;
      } else if (column == columns) {
        column = 0;
        if (++row == rows.size()) rows.emplace_back();
      }
      rows[row].resize(std::max(rows[row].size(), column + 1), ' ');
      rows[row][column++] = text[i];
    }
  }
  return joined(rows);
}

}  // namespace

TEST(ProgressFrame, Golden) {
  expect_screen("80", screen({.columns = 80, .rows = 24, .colours = false, .unicode = true}));
  expect_screen("200", screen({.columns = 200, .rows = 60, .colours = false, .unicode = true}));
  expect_screen("80-ascii-colours", screen({.columns = 80, .rows = 24, .colours = true, .unicode = false}));
  expect_screen("30-small", screen({.columns = 30, .rows = 6, .colours = false, .unicode = true}));
}

TEST(ProgressFrame, FailureShowsTheLastLines) {
  const Look look{.columns = 80, .rows = 24, .colours = false, .unicode = true};
  BuildState state;
  state.apply({.kind = Kind::stage, .stage = 0, .steps = 2, .text = "stage-0"}, 0);
  state.apply({.kind = Kind::started, .stage = 0, .step = 2, .steps = 2, .text = "RUN make"}, 0);
  for (int i = 0; i < 100; ++i) {
    state.apply({.kind = Kind::output, .stage = 0, .step = 2, .steps = 2, .text = cat("line ", i, "\n")}, 1);
  }
  const Event failed{
      .kind = Kind::failed, .stage = 0, .step = 2, .steps = 2, .text = "RUN make", .seconds = 75};
  state.apply(failed, 75);
  expect_screen("80-failed", draw_result(state, failed, look));
  EXPECT_TRUE(state.steps().empty());
}

TEST(ProgressFrame, FitsEveryTerminal) {
  for (std::size_t columns = 1; columns < 120; columns += 3) {
    for (std::size_t rows = 1; rows < 30; rows += 4) {
      const Look look{.columns = columns, .rows = rows, .colours = true, .unicode = true};
      const auto lines = draw_frame(building(), look, 65.3);
      EXPECT_LE(lines.size(), std::max<std::size_t>(rows, 2) - 1);
      for (const std::string& line : lines) {
        EXPECT_LT(columns_of(plain_line(line)), std::max<std::size_t>(columns, 2)) << line;
      }
    }
  }
}

TEST(ProgressFrame, Summary) {
  const BuildState state = building();
  EXPECT_EQ(summary(state, 65), "built in 1m05s: 1 step cached, 1 ran");
}

TEST(ProgressFrame, Duration) {
  EXPECT_EQ(format_duration(0), "0.0s");
  EXPECT_EQ(format_duration(3.44), "3.4s");
  EXPECT_EQ(format_duration(59.99), "59.9s");
  EXPECT_EQ(format_duration(60), "1m00s");
  EXPECT_EQ(format_duration(3599.9), "59m59s");
  EXPECT_EQ(format_duration(3720), "1h02m");
  EXPECT_EQ(format_duration(-1), "0.0s");
}

TEST(Screen, PaintsOverTheLastFrame) {
  Screen screen;
  std::string bytes = "$ husk-build\n" + screen.repaint("", {"one", "two", "three"}, 20);
  EXPECT_EQ(show(bytes, 20), "$ husk-build\none\ntwo\nthree\n");
  bytes += screen.repaint("done\n", {"1"}, 20);
  EXPECT_EQ(show(bytes, 20), "$ husk-build\ndone\n1\n");
  bytes += screen.repaint("more\nlines\n", {"x", "y"}, 20);
  EXPECT_EQ(show(bytes, 20), "$ husk-build\ndone\nmore\nlines\nx\ny\n");
  bytes += screen.repaint("end\n", {}, 20);
  EXPECT_EQ(show(bytes, 20), "$ husk-build\ndone\nmore\nlines\nend\n\n");
}

// A frame that was painted while the terminal was wide, as a narrower one breaks it: the cursor moves along.
std::string broken(std::string bytes) {
  const std::string cut = "\033[?7l";
  return bytes.erase(bytes.find(cut), cut.size());
}

TEST(Screen, KnowsWhatANarrowerTerminalDidToIt) {
  Screen screen;
  const std::string first = broken(screen.repaint("", {"0123456789", "ab"}, 20));
  const std::string second = screen.repaint("", {"new", "lines"}, 6);
  EXPECT_EQ(show(first, 6), "012345\n6789\nab\n");
  EXPECT_EQ(show(first + second, 6), "new\nlines\n");
}

// tmux is narrower at once, and says so a moment later: what is painted between is still of the old width.
TEST(Screen, ANarrowerTerminalMayTellLate) {
  Screen screen;
  const std::string wide = "$ x\n" + broken(screen.repaint("", {"0123456789", "abcdefghij"}, 10));
  const std::string late = screen.repaint("", {"0123456789", "klmnopqrst"}, 10);
  const std::string told = screen.repaint("", {"0123", "kl"}, 4);
  EXPECT_EQ(show(wide, 4), "$ x\n0123\n4567\n89\nabcd\nefgh\nij\n");
  EXPECT_EQ(show(wide + late, 4), "$ x\n0123\n4567\n89\nabcd\n0129\nklmt\n");
  EXPECT_EQ(show(wide + late + told, 4), "$ x\n0123\nkl\n");
  EXPECT_EQ(show(wide + late + told + screen.repaint("end\n", {}, 4), 4), "$ x\nend\n\n");
}

// Which frame was broken is a guess: one that erases no line of others.
TEST(Screen, ErasesNothingThatIsNotItsOwn) {
  Screen screen;
  const std::string wide = "$ x\n" + broken(screen.repaint("", {"0123", "abcd"}, 10));
  const std::string late = screen.repaint("", {"0123456789", "klmnopqrst"}, 10);
  EXPECT_EQ(show(wide + late + screen.repaint("", {"0123", "kl"}, 4), 4), "$ x\n0123\nkl\n");
}
