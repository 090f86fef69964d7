#include "libcore/build/squash.hpp"

#include "libcore/base/error.hpp"

#include <gtest/gtest.h>

namespace husk::build {
namespace {

using Marks = std::vector<std::optional<std::size_t>>;

Marks marks_of(const std::string& text) {
  return find_squash_marks(dockerfile::parse_dockerfile(dockerfile::Source("Dockerfile", text)));
}

TEST(SquashMarks, AreLinesOfTheirOwn) {
  EXPECT_EQ(marks_of("FROM a\nRUN b\nRUN c\n"), (Marks{{}}));
  EXPECT_EQ(marks_of("FROM a\n# husk: squash\nRUN b\nRUN c\n"), (Marks{0}));
  EXPECT_EQ(marks_of("FROM a\nRUN b\n  #HUSK:Squash \r\n\nRUN c\n"), (Marks{1}));
  EXPECT_EQ(marks_of("FROM a\nRUN b\n# husk: squash"), (Marks{1}));
  EXPECT_EQ(marks_of("FROM a\nRUN b\n# husk: squash\nRUN c\n# husk: squash\nRUN d\n"), (Marks{1}));
  EXPECT_EQ(marks_of("FROM a\n# husk: squash it\n# squash\nRUN b # husk: squash\n"), (Marks{{}}));
}

TEST(SquashMarks, BelongToTheirStage) {
  EXPECT_EQ(marks_of("FROM a\nRUN b\n# husk: squash\nFROM c\nRUN d\n"), (Marks{1, {}}));
  EXPECT_EQ(marks_of("FROM a\nRUN b\nFROM c\nRUN d\n\n# husk: squash\nRUN e\n"), (Marks{{}, 1}));
}

TEST(SquashMarks, AreTextWithinAnInstruction) {
  EXPECT_EQ(marks_of("FROM a\nRUN <<END\n# husk: squash\nEND\nRUN b\n"), (Marks{{}}));
  EXPECT_EQ(marks_of("FROM a\nRUN b \\\n# husk: squash\n  c\nRUN d\n"), (Marks{{}}));
}

TEST(SquashMarks, BeforeTheFirstStageIsNothingToSquash) {
  try {
    (void)marks_of("# a comment\n# husk: squash\nFROM a\n");
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("Dockerfile:2:1: there is nothing to squash"), std::string::npos)
        << error.what();
  }
}

}  // namespace
}  // namespace husk::build
