#include "libcore/build/commit_container.hpp"

#include "libcore/base/error.hpp"

#include <gtest/gtest.h>

using namespace husk;
using namespace husk::build;
using Words = std::vector<std::string>;

namespace {

store::ContainerConfig container() {
  store::ContainerConfig config;
  config.command = {"sh", "-c", "true"};
  config.entrypoint = 2;
  config.environment = {"PATH=/bin", "A=1"};
  config.labels = {{"own", "1"}};
  config.working_directory = "/srv";
  config.user = "app";
  config.exposed_ports = {"80/tcp"};
  config.stop_signal = "SIGUSR1";
  return config;
}

oci::ImageConfig image() {
  oci::ImageConfig config;
  config.cmd = {"old"};
  config.user = "old";
  config.on_build = {"RUN old"};
  config.volumes = {"/data"};
  config.author = "me";
  return config;
}

std::string refusal(const std::string& change) {
  try {
    (void)merge_committed(image(), container(), {change});
  } catch (const Error& error) {
    EXPECT_EQ(error.exit(), Exit::usage);
    return error.what();
  }
  return "";
}

}  // namespace

TEST(MergeCommitted, TakesTheContainersSettings) {
  const oci::ImageConfig config = merge_committed(image(), container(), {});
  EXPECT_EQ(config.entrypoint, (Words{"sh", "-c"}));
  EXPECT_EQ(config.cmd, Words{"true"});
  EXPECT_EQ(config.env, (Words{"PATH=/bin", "A=1"}));
  EXPECT_EQ(config.labels, (std::map<std::string, std::string>{{"own", "1"}}));
  EXPECT_EQ(config.working_dir, "/srv");
  EXPECT_EQ(config.user, "app");
  EXPECT_EQ(config.exposed_ports, std::set<std::string>{"80/tcp"});
  EXPECT_EQ(config.stop_signal, "SIGUSR1");
  EXPECT_EQ(config.volumes, std::set<std::string>{"/data"});
  EXPECT_TRUE(config.on_build.empty());
  EXPECT_EQ(config.author, "me");
}

TEST(MergeCommitted, MakesTheChanges) {
  const oci::ImageConfig config =
      merge_committed(image(), container(),
                      {"ENTRYPOINT [\"run\"]", "CMD [\"this\"]", "ENV B=$A C=c", "EXPOSE 53/udp",
                       "LABEL \"a b\"=c", "USER root", "VOLUME /more", "WORKDIR sub", "STOPSIGNAL 9",
                       "ONBUILD RUN x", "HEALTHCHECK --interval=5s CMD true"});
  EXPECT_EQ(config.entrypoint, Words{"run"});
  EXPECT_EQ(config.cmd, Words{"this"});
  EXPECT_EQ(config.env, (Words{"PATH=/bin", "A=1", "B=1", "C=c"}));
  EXPECT_EQ(config.exposed_ports, (std::set<std::string>{"53/udp", "80/tcp"}));
  EXPECT_EQ(config.labels.at("a b"), "c");
  EXPECT_EQ(config.user, "root");
  EXPECT_EQ(config.volumes, (std::set<std::string>{"/data", "/more"}));
  EXPECT_EQ(config.working_dir, "/srv/sub");
  EXPECT_EQ(config.stop_signal, "9");
  EXPECT_EQ(config.on_build, Words{"RUN x"});
  ASSERT_TRUE(config.healthcheck);
  EXPECT_EQ(config.healthcheck->interval, 5'000'000'000);
  EXPECT_FALSE(merge_committed(image(), container(), {"ENTRYPOINT run"}).cmd);
}

TEST(MergeCommitted, RefusesWhatIsNoChange) {
  EXPECT_EQ(refusal("RUN true"), "change 'RUN true': RUN can't be used here");
  EXPECT_EQ(refusal("COPY a b"), "change 'COPY a b': COPY can't be used here");
  EXPECT_NE(refusal("NONSENSE"), "");
  EXPECT_NE(refusal(""), "");
  EXPECT_NE(refusal("ENV"), "");
}
