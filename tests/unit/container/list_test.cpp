#include "libcore/container/list.hpp"

#include <gtest/gtest.h>

using namespace husk;
using namespace husk::container;

TEST(DescribeStatus, SpeaksAsDockerDoes) {
  const Time now = *parse_rfc3339("2026-01-01T12:00:00Z");
  store::ContainerState state;
  EXPECT_EQ(describe_status(state, now), "Created");
  state.status = store::Status::running;
  state.started = "2026-01-01T11:57:00Z";
  EXPECT_EQ(describe_status(state, now), "Up 3 minutes");
  state.status = store::Status::exited;
  EXPECT_EQ(describe_status(state, now), "Exited (unknown)");
  state.exit_code = 137;
  state.finished = "2026-01-01T11:59:55Z";
  EXPECT_EQ(describe_status(state, now), "Exited (137) 5 seconds ago");
}

TEST(DescribeCommand, CutsAndEscapes) {
  EXPECT_EQ(describe_command({"sh", "-c", "true"}, Length::short_form), "\"sh -c true\"");
  EXPECT_EQ(describe_command({"12345678901234567890"}, Length::short_form), "\"12345678901234567890\"");
  EXPECT_EQ(describe_command({"123456789012345678901"}, Length::short_form), "\"1234567890123456789…\"");
  EXPECT_EQ(describe_command({"123456789012345678901"}, Length::whole), "\"123456789012345678901\"");
  EXPECT_EQ(describe_command({"a\x1b[2J"}, Length::whole), "\"a\\x1b[2J\"");
}
