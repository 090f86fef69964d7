#include "libcore/build/image_key.hpp"

#include "libcore/build/stages.hpp"

#include <gtest/gtest.h>

namespace husk::build {
namespace {

const oci::Platform amd64{"linux", "amd64", ""};
const oci::Platform arm{"linux", "arm", "v7"};

TEST(ImageKeyTest, OnlyForeignImagesHaveTheirPlatformInIt) {
  EXPECT_EQ(image_key("app:1", amd64, amd64), "app:1");
  EXPECT_EQ(image_key("app:1", arm, amd64), "app:1 (linux/arm/v7)");
  for (const std::string name : {"app:1", "oci-layout:///tmp/a (b):x"}) {
    EXPECT_EQ(parse_image_key(image_key(name, amd64, amd64)).platform, std::nullopt);
    const ImageKey key = parse_image_key(image_key(name, arm, amd64));
    EXPECT_EQ(key.name, name);
    EXPECT_EQ(key.platform, arm);
  }
}

TEST(ImageKeyTest, StagesHavePlatforms) {
  const auto file =
      dockerfile::parse_dockerfile(dockerfile::Source("Dockerfile",
                                                      "FROM --platform=$BUILDPLATFORM base AS make\n"
                                                      "COPY --from=tool / /\n"
                                                      "FROM base\n"
                                                      "COPY --from=make / /\n"
                                                      "COPY --from=tool / /\n"
                                                      "FROM --platform=linux/s390x base\n"
                                                      "COPY --from=1 / /\n"));
  const Platforms platforms{.build = amd64, .target = arm};
  const StagePlan plan = plan_stages(file, "", global_scope(file, {}, platforms), {}, platforms);
  EXPECT_EQ(plan.platforms, (std::vector<oci::Platform>{amd64, arm, {"linux", "s390x", ""}}));
  EXPECT_EQ(plan.bases[0].image, "base");
  EXPECT_EQ(plan.bases[1].image, "base (linux/arm/v7)");
  EXPECT_EQ(plan.bases[2].image, "base (linux/s390x)");
  EXPECT_EQ(plan.images, (std::vector<std::string>{"base", "tool", "base (linux/arm/v7)",
                                                   "tool (linux/arm/v7)", "base (linux/s390x)"}));
}

TEST(ImageKeyTest, ArgumentsNameBothPlatforms) {
  const auto file = dockerfile::parse_dockerfile(dockerfile::Source("Dockerfile", "FROM scratch\n"));
  const Variables all = predefined_arguments(file, "", {.build = amd64, .target = arm});
  EXPECT_EQ(all.at("TARGETPLATFORM"), "linux/arm/v7");
  EXPECT_EQ(all.at("TARGETVARIANT"), "v7");
  EXPECT_EQ(all.at("BUILDPLATFORM"), "linux/amd64");
  EXPECT_EQ(all.at("BUILDVARIANT"), "");
}

}  // namespace
}  // namespace husk::build
