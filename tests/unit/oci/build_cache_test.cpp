#include "libcore/oci/build_cache.hpp"

#include "libcore/base/error.hpp"
#include "tests/unit/oci/hex.hpp"

#include <gtest/gtest.h>

namespace husk::oci {
namespace {

const Digest layer = *Digest::parse("sha256:" + std::string(64, '1'));
const Digest other = *Digest::parse("sha256:" + std::string(64, '2'));

CachedStep step_with(std::optional<Digest> diff_id) {
  return {.key = *Digest::parse("sha256:" + hex),
          .diff_id = diff_id,
          .created = "2026-01-02T03:04:05Z",
          .title = "RUN make"};
}

TEST(BuildCacheTest, WhatIsPrintedIsRead) {
  const std::vector<CachedStep> steps = {
      step_with(other),
      step_with({}),
      {.key = layer, .content = hex},
  };
  const BuildCache cache = parse_build_cache(print_build_cache(steps, {layer, other}));
  EXPECT_EQ(cache.steps, steps);
  EXPECT_EQ(cache.diff_ids, (std::vector{layer, other}));
}

TEST(BuildCacheTest, StepsOfOtherLayersAreLeftOut) {
  const BuildCache cache = parse_build_cache(print_build_cache({step_with(other), step_with({})}, {layer}));
  EXPECT_EQ(cache.steps, std::vector{step_with({})});
}

TEST(BuildCacheTest, TitlesAreEscaped) {
  CachedStep step = step_with({});
  step.title = "RUN \x1b[31m\n";
  EXPECT_EQ(parse_build_cache(print_build_cache({step}, {})).steps.at(0).title, "RUN \\x1b[31m\\x0a");
}

TEST(BuildCacheTest, WhatIsRefused) {
  const auto with_step = [](const std::string& step) {
    return R"({"diffIDs":[")" + layer.str() + R"("],"steps":[)" + step + "]}";
  };
  const std::string rest = R"(","created":"2026-01-02T03:04:05Z","title":"t")";
  const std::pair<std::string, const char*> cases[] = {
      {"", "build cache"},
      {"[]", "object"},
      {R"({"diffIDs":["sha256:12"]})", "no digest"},
      {with_step(R"({"key":"../../refs/x)" + rest + "}"), "key"},
      {with_step(R"({"key":"sha256:)" + hex + rest + "}"), "key"},
      {with_step(R"({"key":")" + hex + rest + R"(,"layer":1})"), "no layer"},
      {with_step(R"({"key":")" + hex + rest + R"(,"layer":-1})"), "layer"},
      {with_step(R"({"key":")" + hex + R"(","created":"yesterday","title":"t"})"), "not a time"},
      {with_step(R"({"key":")" + hex + R"(","created":"2026-01-02T03:04:05Z\n","title":"t"})"), "not a time"},
      {with_step(R"({"key":")" + hex + R"(","content":"zz"})"), "content"},
      {with_step(R"({"key":")" + hex + R"(","created":"2026-01-02T03:04:05Z","title":")" +
                 std::string(max_step_title + 1, 't') + R"("})"),
       "too long"},
  };
  for (const auto& [text, message] : cases) {
    try {
      (void)parse_build_cache(text);
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find(message), std::string::npos) << text << ": " << error.what();
    }
  }
}

}  // namespace
}  // namespace husk::oci
