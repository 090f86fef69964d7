#include "libcore/dockerfile/outline.hpp"

#include <gtest/gtest.h>

using namespace husk::dockerfile;

namespace {

// "NAME=VALUE (DESCRIPTION)" of each argument.
std::vector<std::string> arguments_of(const std::string& text, std::size_t target, const World& world) {
  const Dockerfile file = parse_dockerfile(Source("Dockerfile", text));
  Diagnostics diagnostics;
  std::vector<std::string> out;
  for (const Outline::Argument& each : make_outline(file, target, world, diagnostics).arguments) {
    out.push_back(husk::cat(each.name, "=", each.value, " (", each.description, ")"));
  }
  EXPECT_TRUE(diagnostics.empty());
  return out;
}

using Arguments = std::vector<std::string>;

}  // namespace

TEST(Outline, ArgumentsThatAreUsed) {
  const std::string text =
      "ARG a=1\n# b that\nARG b=$a\nARG c=3\nARG d=4\nFROM x:$b AS one\nARG e=5\nFROM one\nARG c\n# f it\n# "
      "check=skip=all\n"
      "ARG f=6 g\n";
  EXPECT_EQ(arguments_of(text, 1, {}),
            (Arguments{"a=1 ()", "b=1 (that)", "c=3 ()", "e=5 ()", "f=6 (it)", "g= ()"}));
  EXPECT_EQ(arguments_of(text, 0, {.stages = {true, false}}), (Arguments{"a=1 ()", "b=1 (that)", "e=5 ()"}));
  EXPECT_EQ(arguments_of(text, 1, {.build_arguments = {{"b", "B"}, {"f", "F"}}}),
            (Arguments{"b=B (that)", "c=3 ()", "e=5 ()", "f=F (it)", "g= ()"}));
}

TEST(Outline, AnArgumentThatIsMadeFromItself) {
  EXPECT_EQ(arguments_of("ARG p=1\nARG a=$p\nARG a=$a/x\nFROM x$a", 0, {}),
            (Arguments{"p=1 ()", "a=1/x ()"}));
}

TEST(Outline, Secrets) {
  const Dockerfile file = parse_dockerfile(Source(
      "D",
      "FROM x\nRUN --mount=type=secret,id=a --mount=type=secret,id=b,required \\\n --mount=type=ssh y\n"
      "RUN --mount=type=secret,id=a z\n"));
  Diagnostics diagnostics;
  const Outline outline = make_outline(file, 0, {}, diagnostics);
  ASSERT_EQ(outline.secrets.size(), 2U);
  EXPECT_EQ(outline.secrets[0].name, "a");
  EXPECT_TRUE(outline.secrets[1].required);
  EXPECT_EQ(outline.secrets[1].last_line, 3);
  ASSERT_EQ(outline.agents.size(), 1U);
  EXPECT_EQ(outline.agents[0].name, "default");
}
