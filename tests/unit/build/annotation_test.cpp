#include "libcore/build/annotation.hpp"

#include "libcore/base/error.hpp"

#include <gtest/gtest.h>

namespace husk::build {
namespace {

using Level = Annotation::Level;
const oci::Platform arm64{"linux", "arm64", ""};
const oci::Platform ours{"linux", "amd64", ""};

TEST(AnnotationTest, Levels) {
  const std::pair<const char*, Annotation> cases[] = {
      {"a=b", {.name = "a", .value = "b"}},
      {"manifest:a=b=c", {.name = "a", .value = "b=c"}},
      {"index:a=", {.level = Level::index, .name = "a", .value = ""}},
      {"index-descriptor:a=x:y", {.level = Level::index_descriptor, .name = "a", .value = "x:y"}},
      {"manifest-descriptor[linux/aarch64]:a=b",
       {.level = Level::manifest_descriptor, .platform = arm64, .name = "a", .value = "b"}},
  };
  for (const auto& [text, expected] : cases)
    EXPECT_EQ(parse_annotations(text), std::vector{expected}) << text;
  const auto both = parse_annotations("index,manifest[linux/arm64]:a=b");
  ASSERT_EQ(both.size(), 2);
  EXPECT_EQ(both[0].level, Level::index);
  EXPECT_EQ(both[1].platform, arm64);
  EXPECT_EQ(both[1].name, "a");
}

TEST(AnnotationTest, WhatIsRefused) {
  for (const char* const text : {"", "a", "=b", "manifest:=b", "image:a=b", ":a=b", "index[linux/arm64]:a=b",
                                 "manifest[linux/arm64:a=b", "manifest[no platform]:a=b", "index,:a=b"}) {
    EXPECT_THROW((void)parse_annotations(text), Error) << text;
  }
}

TEST(AnnotationTest, Selection) {
  std::vector<Annotation> all;
  for (const char* const text :
       {"a=1", "manifest[linux/arm64]:a=2", "index:a=3", "manifest[linux/arm64]:b=4"}) {
    const auto parsed = parse_annotations(text);
    all.insert(all.end(), parsed.begin(), parsed.end());
  }
  using Map = std::map<std::string, std::string>;
  EXPECT_EQ(select_annotations(all, Level::manifest, ours), (Map{{"a", "1"}}));
  EXPECT_EQ(select_annotations(all, Level::manifest, arm64), (Map{{"a", "2"}, {"b", "4"}}));
  EXPECT_EQ(select_annotations(all, Level::index), (Map{{"a", "3"}}));
}

}  // namespace
}  // namespace husk::build
