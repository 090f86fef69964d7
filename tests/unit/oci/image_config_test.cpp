#include "libcore/oci/image_config.hpp"

#include "libcore/base/error.hpp"

#include <gtest/gtest.h>

namespace husk::oci {
namespace {

ImageConfig full_config() {
  ImageConfig config;
  config.created = "2026-01-02T03:04:05Z";
  config.author = "somebody";
  config.platform = {"linux", "arm", "v7"};
  config.user = "1:2";
  config.exposed_ports = {"80/tcp", "53/udp"};
  config.env = {"PATH=/bin", "EMPTY="};
  config.entrypoint = {"/bin/sh"};
  config.cmd = std::vector<std::string>{};
  config.volumes = {"/data"};
  config.working_dir = "/app";
  config.labels = {{"a", "b"}, {"A", "c"}};
  config.stop_signal = "SIGINT";
  config.healthcheck = Healthcheck{.test = {"CMD", "true"}, .interval = 5'000'000'000, .retries = 3};
  config.on_build = {"RUN true"};
  config.shell = {"/bin/bash", "-c"};
  config.diff_ids = {*Digest::parse("sha256:" + std::string(64, '1'))};
  config.history = {
      {.created = "2026-01-02T03:04:05Z", .created_by = "COPY", .comment = "c", .empty_layer = true}};
  return config;
}

TEST(ImageConfig, PrintsWhatItParses) {
  const ImageConfig config = full_config();
  const std::string text = print_image_config(config);
  EXPECT_EQ(parse_image_config(Verified::name(text, media_type::config)), config);
}

TEST(ImageConfig, KnowsAbsentFromEmpty) {
  const std::string text =
      R"({"architecture":"amd64","os":"linux","config":{"Cmd":null,"Entrypoint":[],"Volumes":null,"Unknown":1},)"
      R"("rootfs":{"type":"layers","diff_ids":null},"history":null,"extra":{}})";
  const ImageConfig config = parse_image_config(Verified::name(text, media_type::config));
  EXPECT_FALSE(config.cmd.has_value());
  ASSERT_TRUE(config.entrypoint.has_value());
  EXPECT_TRUE(config.entrypoint->empty());
}

TEST(ImageConfig, SaysWhatIsWrong) {
  const std::string text =
      R"({"architecture":"amd64","os":"linux","config":{"Env":[1]},"rootfs":{"type":"layers","diff_ids":[]}})";
  try {
    (void)parse_image_config(Verified::name(text, media_type::config));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()), "image configuration: config.Env is not an array of strings");
  }
}

}  // namespace
}  // namespace husk::oci
