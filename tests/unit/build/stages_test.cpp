#include "libcore/build/stages.hpp"
#include "libcore/build/event.hpp"
#include "libcore/build/stage_result.hpp"

#include <gtest/gtest.h>

using namespace husk;
using namespace husk::build;

namespace {

StagePlan plan(const std::string& text, const std::string& target = "") {
  return plan_stages(dockerfile::parse_dockerfile(dockerfile::Source("Dockerfile", text)), target, {});
}

// One letter a stage: "w", "r" or "b".
std::vector<std::size_t> next(const StagePlan& plan, std::string_view progress, std::size_t limit) {
  std::vector<StageProgress> all;
  for (const char letter : progress) {
    all.push_back(letter == 'b'   ? StageProgress::built
                  : letter == 'r' ? StageProgress::running
                                  : StageProgress::waiting);
  }
  return next_stages(plan, all, limit);
}

using Indices = std::vector<std::size_t>;

constexpr const char* diamond =
    "FROM a AS one\n"
    "FROM b AS two\nCOPY --from=image /x /x\n"
    "FROM c AS never\n"
    "FROM one\nCOPY --from=1 /x /x\nCOPY --from=two /y /y\n";

}  // namespace

TEST(StagePlan, NeedsAndImages) {
  const StagePlan all = plan(diamond);
  EXPECT_EQ(all.order, (Indices{0, 1, 3}));
  EXPECT_EQ(all.needs[3], (Indices{0, 1}));
  EXPECT_EQ(all.needs[2], Indices{});
  EXPECT_EQ(all.images, (std::vector<std::string>{"a", "b", "image"}));
  EXPECT_TRUE(all.has_independent_stages());
  EXPECT_EQ(plan(diamond, "two").images, (std::vector<std::string>{"b", "image"}));
}

TEST(StagePlan, AVariableMayMeanAnyEarlierStage) {
  const StagePlan all = plan("FROM a\nFROM b\nFROM c\nARG x\nCOPY --from=$x / /\n");
  EXPECT_EQ(all.needs[2], (Indices{0, 1}));
  EXPECT_EQ(all.images, (std::vector<std::string>{"a", "b", "c"}));
}

TEST(StagePlan, MountsAndTriggersNeedStages) {
  const StagePlan mounts = plan(
      "FROM a AS one\nFROM b AS two\nFROM c\n"
      "RUN --mount=from=two,target=/x --mount=type=cache,from=image,target=/y --mount=type=tmpfs,target=/z "
      "true\n"
      "RUN --mount=from=scratch,target=/x true\n");
  EXPECT_EQ(mounts.needs[2], Indices{1});
  EXPECT_EQ(mounts.order, (Indices{1, 2}));
  EXPECT_EQ(mounts.images, (std::vector<std::string>{"b", "c", "image"}));

  const StagePlan triggers =
      plan("FROM a AS one\nFROM b AS base\nONBUILD COPY --from=one /x /x\nFROM base AS mid\nFROM mid\n");
  EXPECT_EQ(triggers.needs[2], (Indices{0, 1}));
  EXPECT_EQ(triggers.needs[3], Indices{2});
}

TEST(StagePlan, AChainHasNothingToDoSideBySide) {
  EXPECT_FALSE(
      plan("FROM a AS one\nFROM one AS two\nFROM scratch\nCOPY --from=two / /\n").has_independent_stages());
  EXPECT_FALSE(plan("FROM a\n").has_independent_stages());
  EXPECT_TRUE(plan("FROM a AS one\nFROM one AS two\nFROM one AS three\nFROM two\nCOPY --from=three / /\n")
                  .has_independent_stages());
}

TEST(StagePlan, NextStages) {
  const StagePlan all = plan(diamond);
  EXPECT_EQ(next(all, "wwww", 8), (Indices{0, 1}));
  EXPECT_EQ(next(all, "wwww", 1), Indices{0});
  EXPECT_EQ(next(all, "rwww", 1), Indices{});
  EXPECT_EQ(next(all, "rwww", 2), Indices{1});
  EXPECT_EQ(next(all, "brww", 8), Indices{});
  EXPECT_EQ(next(all, "bbww", 8), Indices{3});
  EXPECT_EQ(next(all, "bbwb", 8), Indices{});
}

TEST(Event, SurvivesTheWayToTheParent) {
  const Event event = parse_event(print_event({.kind = Event::Kind::done,
                                               .stage = 3,
                                               .step = 2,
                                               .steps = 7,
                                               .text = std::string("a:1\n\0b", 6),
                                               .seconds = 1.25}));
  EXPECT_EQ(event.kind, Event::Kind::done);
  EXPECT_EQ(event.stage, 3U);
  EXPECT_EQ(event.step, 2U);
  EXPECT_EQ(event.steps, 7U);
  EXPECT_EQ(event.text, std::string("a:1\n\0b", 6));
  EXPECT_DOUBLE_EQ(event.seconds, 1.25);
}

TEST(StageResult, SurvivesTheWayToTheParent) {
  StageResult result{.config = {}, .key = "key"};
  result.config.platform = {"linux", "amd64", ""};
  result.config.env = {"a=b"};
  result.config.on_build = {"RUN x"};
  const StageResult got = parse_stage_result(print_stage_result(result));
  EXPECT_EQ(got.key, "key");
  EXPECT_EQ(got.config, result.config);
}
