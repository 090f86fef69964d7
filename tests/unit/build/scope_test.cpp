#include "libcore/build/scope.hpp"

#include <gtest/gtest.h>

using namespace husk;
using namespace husk::build;

namespace {

dockerfile::Dockerfile dockerfile_of(const std::string& text) {
  return dockerfile::parse_dockerfile(dockerfile::Source("Dockerfile", text));
}

}  // namespace

TEST(PredefinedArguments, TargetStageIsTheOneThatIsBuilt) {
  const auto stage = [](const std::string& text, const std::string& target) {
    return predefined_arguments(dockerfile_of(text), target, {}).at("TARGETSTAGE");
  };
  EXPECT_EQ(stage("FROM a AS one\nFROM b AS final\n", ""), "final");
  EXPECT_EQ(stage("FROM a AS one\nFROM b AS final\n", "one"), "one");
  EXPECT_EQ(stage("FROM a AS one\nFROM b\n", ""), "default");
}

TEST(PredefinedArguments, PlatformsInTheirParts) {
  const Variables of_arm =
      predefined_arguments(dockerfile_of("FROM a\n"), "", {.target = {"linux", "arm", "v7"}});
  EXPECT_EQ(of_arm.at("TARGETPLATFORM"), "linux/arm/v7");
  EXPECT_EQ(of_arm.at("TARGETOS"), "linux");
  EXPECT_EQ(of_arm.at("TARGETARCH"), "arm");
  EXPECT_EQ(of_arm.at("TARGETVARIANT"), "v7");
}

TEST(GlobalScope, SeesBuildArgumentsAndEarlierOnes) {
  const auto file = dockerfile_of("ARG A=1 B=${A}2\nARG C=$B$TARGETARCH\nARG NONE\nFROM a\n");
  const Platforms platforms{.target = {"linux", "amd64", ""}};
  const Variables defaults = global_scope(file, {}, platforms);
  EXPECT_EQ(defaults.at("B"), "12");
  EXPECT_EQ(defaults.at("C"), "12amd64");
  EXPECT_EQ(global_scope(file, {{"A", "7"}}, platforms).at("C"), "72amd64");
}

TEST(Scope, EnvHidesArgAndArgNeedsToBeDeclared) {
  const Variables global = {{"GLOBAL", "g"}};
  const Variables given = {{"GIVEN", "build"}, {"HTTP_PROXY", "http://p"}};
  Scope scope(global, given, '\\');
  const auto expand = [&scope](const std::string& text) {
    return scope.expand(dockerfile::Word{.text = text, .at = {}});
  };
  EXPECT_EQ(expand("[$GLOBAL$GIVEN]"), "[]");
  const auto file = dockerfile_of("FROM a\nARG GLOBAL GIVEN=default OTHER=default\n");
  scope.declare(std::get<dockerfile::Arg>(file.stages[0].instructions[0].what));
  EXPECT_EQ(expand("$GLOBAL $GIVEN $OTHER"), "g build default");
  scope.set_environment({"GIVEN=env"});
  EXPECT_EQ(expand("$GIVEN"), "env");
  ASSERT_EQ(scope.arguments().size(), 2U);  // the third is hidden
  ASSERT_EQ(scope.proxies().size(), 1U);
  EXPECT_EQ(scope.proxies()[0].first, "HTTP_PROXY");
}
