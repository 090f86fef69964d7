#include "libcore/build/explain.hpp"

#include <gtest/gtest.h>

using namespace husk::build;

using Names = std::vector<std::string>;

TEST(Explain, DifferentParts) {
  EXPECT_EQ(different_parts("a 1\nb 2\n", "a 1\nb 2\n"), Names{});
  EXPECT_EQ(different_parts("a 1\nb 2\n", "a 1\nb 3\n"), Names{"b"});
  EXPECT_EQ(different_parts("a 1\n", "a 1\nb 3\n"), Names{"b"});
  EXPECT_EQ(different_parts("a 1\nb 2\n", "a 1\n"), Names{"b"});
  EXPECT_EQ(different_parts("copied x y 1\ncopied z 2\n", "copied z 3\ncopied x y 2\n"),
            (Names{"copied z", "copied x y"}));
  EXPECT_EQ(different_parts("volume 1\nvolume 2\n", "volume 2\nvolume 3\n"), Names{"volume"});
  EXPECT_EQ(different_parts("", ""), Names{});
}

TEST(Explain, ForPeople) {
  EXPECT_EQ(describe_parts({"parent"}), "the step before differs");
  EXPECT_EQ(describe_parts({"arguments", "environment v"}), "the command and the variable 'v' differ");
  EXPECT_EQ(describe_parts({"content", "copied src/a b.c"}), "the file 'src/a b.c' differs");
  EXPECT_EQ(describe_parts({"content"}), "what is copied differs");
  EXPECT_EQ(describe_parts({"chmod", "user", "platform"}), "the chmod, the user and the platform differ");
  EXPECT_EQ(describe_parts({"a", "b", "c", "d", "e", "f", "g", "h"}),
            "the a, the b, the c, the d, the e, the f and 2 more differ");
}
