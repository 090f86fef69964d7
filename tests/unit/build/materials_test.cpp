#include "libcore/build/materials.hpp"

#include "libcore/build/package_url.hpp"
#include "libcore/build/remote_source.hpp"

#include <gtest/gtest.h>

namespace husk::build {
namespace {

Materials example() {
  return {.images = {"node:20", "x (linux/arm64)"},
          .remote = {{"https://example.com/x.git#main", "sha1:ab"}, {"https://example.com/f", "sha256:cd"}},
          .locals = {"assets"},
          .secrets = {{"optional", false}, {"required", true}},
          .agents = {{"default", false}},
          .network = true};
}

TEST(Materials, ArePassedOnWhole) {
  EXPECT_EQ(parse_materials(print_materials(example())), example());
  EXPECT_EQ(parse_materials(print_materials({})), Materials());
}

TEST(Materials, OfSeveralStages) {
  Materials all = example();
  all.add({.images = {"node:20", "debian"},
           .remote = {{"https://example.com/g", "sha256:ef"}},
           .locals = {"more"},
           .secrets = {{"optional", true}, {"required", false}, {"third", false}},
           .agents = {},
           .network = false});
  EXPECT_EQ(all.images, (std::set<std::string>{"debian", "node:20", "x (linux/arm64)"}));
  EXPECT_EQ(all.remote.size(), 3U);
  EXPECT_EQ(all.locals, (std::set<std::string>{"assets", "more"}));
  // One who can't do without is enough.
  EXPECT_EQ(all.secrets,
            (std::map<std::string, bool>{{"optional", true}, {"required", true}, {"third", false}}));
  EXPECT_TRUE(all.network);
}

TEST(Materials, DigestOfACommit) {
  EXPECT_EQ(commit_digest(std::string(40, 'a')), "sha1:" + std::string(40, 'a'));
  EXPECT_EQ(commit_digest(std::string(64, 'a')), "sha256:" + std::string(64, 'a'));
}

TEST(Materials, UriOfWhatCameFromElsewhere) {
  const auto uri = [](const char* url) { return uri_of(*parse_remote_source(url)); };
  EXPECT_EQ(uri("https://example.com/file?a=b"), "https://example.com/file?a=b");
  EXPECT_EQ(uri("https://example.com/x.git"), "https://example.com/x.git");
  EXPECT_EQ(uri("https://me:secret@example.com/x.git#main:sub"), "https://example.com/x.git#main");
}

TEST(PackageUrl, OfImages) {
  const oci::Platform amd64{"linux", "amd64", ""}, arm{"linux", "arm", "v7"};
  const auto url = [](const char* name, const oci::Platform& platform) {
    return package_url(oci::parse_reference(name), platform);
  };
  EXPECT_EQ(url("node", amd64), "pkg:docker/node@latest?platform=linux%2Famd64");
  EXPECT_EQ(url("node:20", arm), "pkg:docker/node@20?platform=linux%2Farm%2Fv7");
  EXPECT_EQ(url("me/app", amd64), "pkg:docker/me/app@latest?platform=linux%2Famd64");
  EXPECT_EQ(url("127.0.0.1:5000/me/app:1", amd64),
            "pkg:docker/127.0.0.1:5000/me/app@1?platform=linux%2Famd64");
  const std::string digest = "sha256:" + std::string(64, 'a');
  EXPECT_EQ(url(("node@" + digest).c_str(), amd64),
            "pkg:docker/node?digest=" + digest + "&platform=linux%2Famd64");
  EXPECT_EQ(package_url_of_layout("my layout", amd64), "pkg:oci/my%20layout?platform=linux%2Famd64");
}

}  // namespace
}  // namespace husk::build
