#include "libcore/oci/platform.hpp"

#include "libcore/base/error.hpp"
#include "libcore/oci/manifest.hpp"

#include <gtest/gtest.h>

namespace husk::oci {
namespace {

TEST(Platform, Normalizes) {
  const std::pair<const char*, const char*> cases[] = {
      {"linux/amd64", "linux/amd64"},     {"linux/x86_64", "linux/amd64"},
      {"Linux/AMD64/v1", "linux/amd64"},  {"linux/amd64/v3", "linux/amd64/v3"},
      {"linux/arm64/v8", "linux/arm64"},  {"linux/aarch64", "linux/arm64"},
      {"linux/arm", "linux/arm/v7"},      {"linux/arm/6", "linux/arm/v6"},
      {"linux/armhf", "linux/arm/v7"},    {"linux/armel", "linux/arm/v6"},
      {"arm64", "linux/arm64"},           {"linux/i386", "linux/386"},
      {"linux/riscv64", "linux/riscv64"},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(parse_platform(text).str(), expected) << text;
  for (const char* const text : {"", "linux/", "/amd64", "linux/amd64/v1/x", "linux/a b", "linux//v7"}) {
    EXPECT_THROW((void)parse_platform(text), Error) << text;
  }
}

Index make_index(const std::vector<const char*>& platforms) {
  Index index{.media_type = media_type::index, .manifests = {}};
  char digit = '0';
  for (const char* const text : platforms) {
    Descriptor entry{.media_type = media_type::manifest,
                     .digest = *Digest::parse("sha256:" + std::string(64, digit++))};
    const std::string name = text;
    const auto slash = name.find('/');
    const auto second = name.find('/', slash + 1);
    if (!name.empty()) {
      entry.platform = Platform{name.substr(0, slash), name.substr(slash + 1, second - slash - 1),
                                second == std::string::npos ? "" : name.substr(second + 1)};
    }
    index.manifests.push_back(entry);
  }
  return index;
}

int chosen(const std::vector<const char*>& platforms, const char* wanted) {
  const Index index = make_index(platforms);
  try {
    return static_cast<int>(&select_platform(index, parse_platform(wanted)) - index.manifests.data());
  } catch (const Error&) {
    return -1;
  }
}

TEST(SelectPlatform, ChoosesAsContainerdDoes) {
  EXPECT_EQ(chosen({"linux/arm64", "linux/amd64"}, "linux/amd64"), 1);
  EXPECT_EQ(chosen({"linux/arm/v5", "linux/arm/v6", "linux/arm/v7"}, "linux/arm/v7"), 2);
  EXPECT_EQ(chosen({"linux/arm/v5", "linux/arm/v6"}, "linux/arm/v7"), 1);
  EXPECT_EQ(chosen({"linux/arm/v7"}, "linux/arm/v6"), -1);
  EXPECT_EQ(chosen({"linux/arm", "linux/arm64/v8"}, "linux/arm64"), 1);
  EXPECT_EQ(chosen({"linux/arm/v7"}, "linux/arm64"), 0);
  EXPECT_EQ(chosen({"unknown/unknown", "linux/amd64"}, "linux/amd64"), 1);
  EXPECT_EQ(chosen({"unknown/unknown"}, "linux/amd64"), -1);
  EXPECT_EQ(chosen({"windows/amd64", "linux/386"}, "linux/amd64"), 1);
  EXPECT_EQ(chosen({"linux/amd64", "linux/amd64/v3"}, "linux/amd64/v3"), 1);
  EXPECT_EQ(chosen({"linux/amd64", "linux/amd64/v4"}, "linux/amd64/v3"), 0);
  EXPECT_EQ(chosen({""}, "linux/amd64"), 0);
  EXPECT_EQ(chosen({"", "linux/amd64"}, "linux/amd64"), 1);
}

TEST(SelectPlatform, SaysWhatThereIs) {
  try {
    (void)select_platform(make_index({"linux/arm64", "unknown/unknown", "linux/s390x"}),
                          parse_platform("linux/amd64"));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()), "no image for platform linux/amd64");
    EXPECT_EQ(error.hint(), "there are: linux/arm64, linux/s390x; choose with --platform");
  }
}

}  // namespace
}  // namespace husk::oci
