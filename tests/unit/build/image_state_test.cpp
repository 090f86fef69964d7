#include "libcore/build/image_state.hpp"

#include "libcore/build/stages.hpp"
#include "libcore/build/step_key.hpp"

#include <gtest/gtest.h>

using namespace husk;
using namespace husk::build;

namespace {

dockerfile::Dockerfile parse(const std::string& text) {
  return dockerfile::parse_dockerfile(dockerfile::Source("Dockerfile", text));
}

// Applies the instructions of the last stage; returns the history.
std::vector<std::string> apply(const std::string& text, ImageState& state,
                               const Variables& build_arguments = {}) {
  const auto file = parse(text);
  const Variables global =
      global_scope(file, build_arguments, {{"linux", "amd64", ""}, {"linux", "amd64", ""}});
  Scope scope(global, build_arguments, file.escape);
  scope.set_environment(state.config.env);
  std::vector<std::string> history;
  for (const auto& instruction : file.stages.back().instructions) {
    history.push_back(apply_to_config(instruction, scope, state).value_or("?"));
  }
  return history;
}

std::string refusal(const auto& body) try {
  body();
  return "";
} catch (const Error& error) {
  const std::string message = error.what();
  return message.substr(0, message.find('\n'));
}

}  // namespace

TEST(ImageState, Config) {
  ImageState state;
  state.config.env = {"PATH=/bin", "a=old"};
  state.config.cmd = {"inherited"};
  const auto history = apply(
      "ARG v=1\nFROM x\nENV a=new b=$a\nENV old form  text\nLABEL \"x y\"=\"1 2\"\nARG v\nARG w=$v$a\nUSER "
      "$w\n"
      "EXPOSE 80 53/UDP 8000-8001\nVOLUME [\"/data\"]\nSHELL [\"/bin/bash\", \"-ec\"]\nENTRYPOINT run "
      "me\nSTOPSIGNAL 9\n"
      "MAINTAINER A\nONBUILD RUN x\n",
      state);
  const auto& config = state.config;
  EXPECT_EQ(config.env, (std::vector<std::string>{"PATH=/bin", "a=new", "b=old", "old=form  text"}));
  EXPECT_EQ(config.labels.at("x y"), "1 2");
  EXPECT_EQ(config.user, "1new");
  EXPECT_EQ(config.exposed_ports, (std::set<std::string>{"53/udp", "80/tcp", "8000/tcp", "8001/tcp"}));
  EXPECT_EQ(config.entrypoint, (std::vector<std::string>{"/bin/bash", "-ec", "run me"}));
  EXPECT_FALSE(config.cmd.has_value());  // reset by ENTRYPOINT
  EXPECT_EQ(config.volumes, std::set<std::string>{"/data"});
  EXPECT_EQ(config.on_build, std::vector<std::string>{"RUN x"});
  EXPECT_EQ(history[0], "ENV a=new b=old");
  EXPECT_EQ(history[3], "ARG v=1");
  EXPECT_EQ(history[9], "ENTRYPOINT [\"/bin/bash\" \"-ec\" \"run me\"]");
}

TEST(ImageState, CmdOfTheStageOutlivesEntrypoint) {
  ImageState state;
  apply("FROM x\nCMD [\"a\"]\nENTRYPOINT [\"b\"]\n", state);
  EXPECT_EQ(state.config.cmd, std::vector<std::string>{"a"});
}

TEST(ImageState, BuildArgumentsAndProxies) {
  ImageState state;
  const auto file = parse("FROM x\nARG a=1\nARG b\nARG TARGETARCH\nENV c=image\nARG c=arg\n");
  const Variables given = {{"a", "2"}, {"http_proxy", "p"}, {"unused", "u"}};
  const Variables global = global_scope(file, given, {{"linux", "amd64", ""}, {"linux", "amd64", ""}});
  Scope scope(global, given, '\\');
  for (const auto& each : file.stages[0].instructions) (void)apply_to_config(each, scope, state);
  const std::vector<std::pair<std::string, std::string>> arguments = {{"a", "2"}, {"TARGETARCH", "amd64"}};
  EXPECT_EQ(scope.arguments(), arguments);
  EXPECT_EQ(scope.expand({"$c", {}}), "image");  // ENV beats ARG
  EXPECT_EQ(scope.proxies().size(), 1U);
}

TEST(ImageState, ResolveInImage) {
  oci::ImageConfig config;
  config.working_dir = "/app";
  EXPECT_EQ(resolve_in_image(config, "x"), "/app/x");
  EXPECT_EQ(resolve_in_image(config, "."), "/app/");
  EXPECT_EQ(resolve_in_image(config, "../../../y/"), "/y/");
  EXPECT_EQ(resolve_in_image(config, "/"), "/");
}

TEST(Stages, OnlyWhatTheTargetNeeds) {
  const auto file = parse(
      "FROM a AS one\nFROM b AS two\nFROM one AS three\nCOPY --from=two /x /x\nFROM c AS four\nFROM three\n"
      "COPY --from=busybox /x /y\n");
  EXPECT_EQ(plan_stages(file, "", {}).order, (std::vector<std::size_t>{0, 1, 2, 4}));
  EXPECT_EQ(plan_stages(file, "Four", {}).order, std::vector<std::size_t>{3});
  EXPECT_EQ(plan_stages(file, "1", {}).order, std::vector<std::size_t>{1});
  EXPECT_EQ(refusal([&] { (void)plan_stages(file, "thre", {}); }),
            "target stage \"thre\" could not be found in 'Dockerfile' (did you mean three?)");
}

TEST(Stages, BasesMayBeVariables) {
  const auto file = parse("ARG v=3\nFROM alpine:$v\nFROM ${x:-scratch}\nFROM $none\n");
  const Variables global = global_scope(file, {{"v", "4"}}, {{"linux", "amd64", ""}, {"linux", "amd64", ""}});
  EXPECT_EQ(plan_stages(file, "0", global).bases[0].image, "alpine:4");
  EXPECT_TRUE(plan_stages(file, "1", global).bases[1].is_scratch());
  EXPECT_EQ(refusal([&] { (void)plan_stages(file, "", global); }),
            "Dockerfile:4:6: base name ($none) should not be blank");
}

TEST(StepKey, EveryPartCounts) {
  const auto key = [](std::string_view parent, std::vector<std::pair<std::string, std::string>> parts) {
    StepKey made(parent, "RUN x");
    for (const auto& [name, value] : parts) made.add(name, value);
    return made.finish();
  };
  const std::string base = key("p", {{"env", "a=1"}});
  EXPECT_EQ(base, key("p", {{"env", "a=1"}}));
  EXPECT_NE(base, key("q", {{"env", "a=1"}}));
  EXPECT_NE(base, key("p", {{"env", "a=2"}}));
  EXPECT_NE(base, key("p", {{"env", "a="}, {"1", ""}}));
  EXPECT_NE(base, key("p", {{"enva", "=1"}}));
}
