#include "libcore/build/progress.hpp"

#include "libcore/base/error.hpp"

#include <gtest/gtest.h>

using namespace husk;
using namespace husk::build;

TEST(Progress, Json) {
  using Kind = Event::Kind;
  const auto print = [](const Event& event) { return print_json_event(event, "build", "T"); };
  EXPECT_EQ(print({.kind = Kind::stage, .stage = 0, .steps = 4, .text = "build"}),
            "{\"time\":\"T\",\"event\":\"stage\",\"stage\":\"build\",\"steps\":4}\n");
  EXPECT_EQ(print({.kind = Kind::started, .stage = 0, .step = 2, .steps = 4, .text = "RUN echo \"x\""}),
            "{\"time\":\"T\",\"event\":\"started\",\"stage\":\"build\",\"step\":2,\"steps\":4,"
            "\"text\":\"RUN echo \\\"x\\\"\"}\n");
  EXPECT_EQ(
      print({.kind = Kind::done, .stage = 0, .step = 2, .steps = 4, .text = "RUN x", .seconds = 1.5}),
      "{\"time\":\"T\",\"event\":\"done\",\"stage\":\"build\",\"step\":2,\"steps\":4,\"seconds\":1.500000,"
      "\"text\":\"RUN x\"}\n");
  EXPECT_EQ(print({.kind = Kind::output, .stage = 0, .step = 2, .steps = 4, .text = "\x1b[1m\xff\n"}),
            "{\"time\":\"T\",\"event\":\"output\",\"stage\":\"build\",\"step\":2,\"steps\":4,"
            "\"text\":\"\\u001b[1m\xef\xbf\xbd\\u000a\"}\n");
  EXPECT_EQ(print({.kind = Kind::pulling, .text = "node", .bytes = 1, .total = 2}),
            "{\"time\":\"T\",\"event\":\"pulling\",\"bytes\":1,\"total\":2,\"image\":\"node\"}\n");
  EXPECT_EQ(print({.kind = Kind::finished, .text = "sha256:0", .seconds = 2}),
            "{\"time\":\"T\",\"event\":\"finished\",\"seconds\":2.000000,\"image_id\":\"sha256:0\"}\n");
  EXPECT_EQ(print({.kind = Kind::tick}), "");
}

TEST(Progress, Styles) {
  EXPECT_EQ(choose_progress_style("plain"), ProgressStyle::plain);
  EXPECT_EQ(choose_progress_style("rawjson"), ProgressStyle::json);
  EXPECT_EQ(choose_progress_style("quiet"), ProgressStyle::quiet);
  try {
    (void)choose_progress_style("fancy");
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "--progress is auto, tty, plain, quiet or json, not 'fancy'");
    EXPECT_EQ(error.exit(), Exit::usage);
  }
}
