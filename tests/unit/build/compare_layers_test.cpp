#include "libcore/build/compare_layers.hpp"

#include "libcore/build/rewrite_times.hpp"
#include "tests/unit/archive/tar_builder.hpp"

#include <gtest/gtest.h>

#include <cstring>

namespace husk::build {
namespace {

LayerFacts facts(TarBuilder& builder) {
  return read_layer_facts([tar = builder.finish(), at = std::size_t{0}](std::span<std::byte> buffer) mutable {
    const std::size_t count = std::min(buffer.size(), tar.size() - at);
    std::memcpy(buffer.data(), tar.data() + at, count);
    at += count;
    return count;
  });
}

TEST(CompareLayers, SaysWhichFileDiffersAndHow) {
  TarBuilder one, two;
  one.file("same", "x").file("content", "1").symlink("link", "a").file("first", "").directory("type/");
  two.file("same", "x").file("content", "2").symlink("link", "b").file("./second\n", "").file("type", "");
  one.add({.path = "mode", .content = "x", .mode = 0644});
  two.add({.path = "mode", .content = "yy", .mode = 04755});
  one.pax("mtime", "5.25").file("time", "");
  two.pax("mtime", "6").file("time", "");
  const std::vector<std::string> lines = compare_layers(facts(one), facts(two));
  const std::vector<std::string> wanted = {
      "content: content",
      "first: only in the first",
      "link: target a and b",
      "mode: content, mode 644 and 4755, size 1 and 2",
      "time: time 1970-01-01T00:00:05.25Z and 1970-01-01T00:00:06Z",
      "type: mode 755 and 644, type a directory and a file, content, size none and 0",
      "second\\x0a: only in the second",
  };
  EXPECT_EQ(lines, wanted);
  EXPECT_TRUE(compare_layers(facts(one), facts(one)).empty());
}

TEST(RewriteTimes, NothingIsNewer) {
  oci::ImageConfig config;
  config.created = "2026-01-01T00:00:00Z";
  config.history = {{.created = "1970-01-01T00:00:07.5Z"},
                    {.created = "1970-01-01T00:00:06Z"},
                    {.created = "1970-01-01T02:00:08+02:00"},
                    {.created = ""}};
  const oci::ImageConfig limited = with_times_until(config, 7);
  EXPECT_EQ(limited.created, "1970-01-01T00:00:07Z");
  EXPECT_EQ(limited.history[0].created, "1970-01-01T00:00:07Z");
  EXPECT_EQ(limited.history[1].created, "1970-01-01T00:00:06Z");
  EXPECT_EQ(limited.history[2].created, "1970-01-01T00:00:07Z");
  EXPECT_EQ(limited.history[3].created, "");
}

}  // namespace
}  // namespace husk::build
