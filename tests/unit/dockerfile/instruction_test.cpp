#include "libcore/dockerfile/dockerfile.hpp"
#include "tests/unit/dockerfile/cases.hpp"

#include <gtest/gtest.h>

using namespace husk::dockerfile;
using nlohmann::json;

namespace {

std::string error_of(const std::string& text) {
  try {
    (void)parse_dockerfile(Source("Dockerfile", text));
  } catch (const husk::Error& error) {
    const std::string message = error.what();
    return message.substr(0, message.find('\n'));
  }
  return "";
}

Instruction parse(const std::string& text) { return parse_instruction(parse_one(text, '\\')); }

}  // namespace

TEST(Instruction, ErrorsNameThePlace) {
  const std::vector<std::pair<std::string, std::string>> table = {
      {"FRM a", "1:1: unknown instruction: FRM (did you mean FROM?)"},
      {"FROM a\n  COPPY x y", "2:3: unknown instruction: COPPY (did you mean COPY?)"},
      {"FROM a\nCOPY --chwon=1 x y", "2:6: unknown flag: --chwon (did you mean --chown?)"},
      {"FROM a\nCOPY --from x y", "2:6: missing a value on flag: --from"},
      {"FROM a\nCOPY --from=x \\\n --from=y x y", "3:9: duplicate flag specified: --from"},
      {"FROM a\nCOPY --link=maybe x y", "2:13: expecting boolean value for flag --link, not: 'maybe'"},
      {"FROM a b", "1:1: FROM requires either one or three arguments"},
      {"FROM a AS 1x",
       "1:11: invalid name for build stage: '1x', name can't start with a number or contain symbols"},
      {"RUN x", "1:1: no build stage in current context: FROM must come first"},
      {"ARG x", "1:1: no build stage: there is no FROM"},
      {"FROM a\nARG =x", "2:5: ARG names can not be blank"},
      {"FROM a\nSHELL /bin/sh", "2:1: SHELL requires the arguments to be in JSON form"},
      {"FROM a\nHEALTHCHECK --interval=1x CMD y", "2:24: invalid duration '1x'"},
      {"FROM a\nHEALTHCHECK TCP 7", "2:13: Unknown type 'TCP' in HEALTHCHECK (try CMD)"},
      {"FROM a\nONBUILD FROM b", "2:9: FROM isn't allowed as an ONBUILD trigger"},
      {"FROM a\nONBUILD ONBUILD RUN b", "2:9: Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed"},
      {"FROM a\nONBUILD COPY x",
       "2:9: COPY requires at least two arguments, but only 1 provided. Destination could not be "
       "determined"},
      {"FROM a\nWORKDIR", "2:1: WORKDIR requires exactly one argument"},
      {"FROM a\nCOPY a <<EOF\nEOF", "2:8: COPY cannot accept a heredoc as a destination"},
  };
  for (const auto& [text, expected] : table) EXPECT_EQ(error_of(text), "Dockerfile:" + expected) << text;
}

TEST(Instruction, Healthcheck) {
  const auto health = std::get<Health>(parse("HEALTHCHECK --interval=5s --retries=3 CMD curl -f /").what);
  EXPECT_EQ(health.test, (std::vector<std::string>{"CMD-SHELL", "curl -f /"}));
  EXPECT_EQ(health.interval, 5'000'000'000);
  EXPECT_EQ(health.retries, 3);
}

TEST(Instruction, OnBuildKeepsHeredocs) {
  EXPECT_EQ(std::get<OnBuild>(parse("onbuild RUN <<E\nhi\nE\n").what).trigger, "RUN <<E\nhi\nE");
}

TEST(Instruction, Stages) {
  const Dockerfile file =
      parse_dockerfile(Source("D", "ARG v=1\nFROM a:$v AS One\nRUN x\nFROM one\nARG y\n"));
  EXPECT_EQ(file.global_args.size(), 1U);
  ASSERT_EQ(file.stages.size(), 2U);
  EXPECT_EQ(file.stages[0].from.name, "one");
  EXPECT_EQ(file.stages[1].instructions.size(), 1U);
}

TEST(Instruction, TooManyStages) {
  std::string text;
  for (int i = 0; i < 1001; ++i) text += "FROM a\n";
  EXPECT_EQ(error_of(text), "Dockerfile:1001:1: more than 1000 stages");
}

TEST(InstructionCases, Errors) {
  if (cases::missing()) GTEST_SKIP() << "no ../shared/cases";
  for (const json& each : cases::lines("buildkit/tables/instruction_errors.jsonl")) {
    try {
      (void)parse_instruction(parse_syntax(each["dockerfile"]).instructions.front());
      ADD_FAILURE() << each;
    } catch (const SyntaxError& error) {
      EXPECT_NE(std::string(error.what()).find(each["expectedError"].get<std::string>()), std::string::npos)
          << each << error.what();
    }
  }
}

TEST(InstructionCases, CopyHeredocs) {
  if (cases::missing()) GTEST_SKIP() << "no ../shared/cases";
  for (const json& each : cases::lines("buildkit/tables/heredoc_copy.jsonl")) {
    const auto copy = std::get<Copy>(parse(each["dockerfile"]).what);
    json found = {{"DestPath", copy.destination.text}};
    for (const Copy::Source& source : copy.sources) {
      if (!source.heredoc) {
        found["SourcePaths"].push_back(source.path.text);
      } else {
        found["SourceContents"].push_back({{"Path", source.path.text},
                                           {"Data", source.heredoc->chomped()},
                                           {"Expand", source.heredoc->expand}});
      }
    }
    EXPECT_EQ(found, each["sourcesAndDest"]) << each;
  }
}

TEST(InstructionCases, RunHeredocs) {
  if (cases::missing()) GTEST_SKIP() << "no ../shared/cases";
  for (const json& each : cases::lines("buildkit/tables/heredoc_run.jsonl")) {
    const auto command = std::get<husk::dockerfile::Run>(parse(each["dockerfile"]).what).command;
    json words = json::array(), files = json::array();
    for (const Word& word : command.words) words.push_back(word.text);
    for (const Heredoc& heredoc : command.heredocs) {
      json file = {{"Name", heredoc.name}, {"Data", heredoc.content}};
      if (heredoc.chomp) file["Chomp"] = true;
      files.push_back(file);
    }
    EXPECT_EQ(words, each["command"]) << each;
    EXPECT_EQ(files, each.value("files", json::array())) << each;
    EXPECT_EQ(!command.exec_form, each["shell"].get<bool>()) << each;
  }
}
