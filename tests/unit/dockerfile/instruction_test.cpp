#include "libcore/dockerfile/dockerfile.hpp"
#include "libcore/dockerfile/run_device.hpp"
#include "tests/unit/cases.hpp"

#include <gtest/gtest.h>

#include <algorithm>

using namespace husk::dockerfile;
using nlohmann::json;

namespace {

std::string build_error(const std::string& text) {
  try {
    (void)parse_dockerfile(Source("Dockerfile", text));
  } catch (const husk::Error& error) {
    const std::string message = error.what();
    return message.substr(0, message.find('\n'));
  }
  return "";
}

Instruction instruction(const std::string& text) { return parse_instruction(parse_one(text, '\\')); }

}  // namespace

TEST(Instruction, ErrorsNameThePlace) {
  const std::vector<std::pair<std::string, std::string>> table = {
      {"FRM a", "1:1: unknown instruction: FRM (did you mean FROM?)"},
      {"FROM a\n  COPPY x y", "2:3: unknown instruction: COPPY (did you mean COPY?)"},
      {"FROM a\nCOPY --chwon=1 x y", "2:6: unknown flag: --chwon (did you mean chown?)"},
      {"FROM a\nCOPY --from x y", "2:6: missing a value on flag: --from"},
      {"FROM a\nCOPY --from=x \\\n --from=y x y", "3:9: duplicate flag specified: --from"},
      {"FROM a\nCOPY --link=maybe x y", "2:13: expecting boolean value for flag --link, not: 'maybe'"},
      {"FROM a b", "1:1: FROM requires either one or three arguments"},
      {"FROM a AS 1x",
       "1:11: invalid name for build stage: \"1x\", name can't start with a number or contain symbols"},
      {"RUN x", "1:1: no build stage in current context: FROM must come first"},
      {"ARG x", "1:1: no build stage: there is no FROM"},
      {"FROM a\nARG =x", "2:5: ARG names can not be blank"},
      {"FROM a\nSHELL /bin/sh", "2:1: SHELL requires the arguments to be in JSON form"},
      {"FROM a\nHEALTHCHECK --interval=1x CMD y", "2:24: invalid duration '1x'"},
      {"FROM a\nHEALTHCHECK TCP 7", "2:13: Unknown type \"TCP\" in HEALTHCHECK (try CMD)"},
      {"FROM a\nONBUILD FROM b", "2:9: FROM isn't allowed as an ONBUILD trigger"},
      {"FROM a\nONBUILD ONBUILD RUN b", "2:9: Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed"},
      {"FROM a\nONBUILD COPY x",
       "2:9: COPY requires at least two arguments, but only 1 provided. Destination could not be "
       "determined"},
      {"FROM a\nWORKDIR", "2:1: WORKDIR requires exactly one argument"},
      {"FROM a\nCOPY a <<EOF\nEOF", "2:8: COPY cannot accept a heredoc as a destination"},
      {"FROM a\nCOPY --chmod=888 x y",
       "2:14: invalid chmod parameter: '888'. it should be octal string and between 0 and 07777, or like "
       "u=rwX,go=rX"},
      {"FROM a\nCOPY --exclude=[ x y", "2:16: --exclude: syntax error in pattern '['"},
      {"FROM a\nADD --checksum=md5:0 x y",
       "2:16: --checksum=md5:0: expected sha256:HEX, sha384:HEX, sha512:HEX, or the commit of a git repository"},
      {"FROM a\nADD --from=b x y", "2:5: unknown flag: --from"},
      {"FROM a\nCOPY --from=0 x y", "2:13: a stage can't copy from itself: 0"},
      {"FROM a\nCOPY --from=1 x y\nFROM b",
       "2:13: cannot copy from stage 1, it needs to be defined before the current stage"},
      {"FROM a\nCOPY --from=7 x y", "2:13: invalid stage index 7"},
      {"FROM a\nRUN --mount=type=cahce,target=/x y",
       "2:18: unsupported mount type \"cahce\" (did you mean cache?)"},
      {"FROM a\nRUN --network=bridge x", "2:15: unsupported network mode \"bridge\""},
      {"FROM a\nRUN --security=sandbx x",
       "2:16: unsupported security mode \"sandbx\" (did you mean sandbox?)"},
      {"FROM a\nRUN --device=a/b=c,requird=1 x",
       "2:20: unexpected key 'requird' in 'requird=1' (did you mean required?)"},
      {"FROM a\nEXPOSE 80 99999 $x", "2:11: invalid port: \"99999\": '99999' is no port number"},
      {"FROM a\nSTOPSIGNAL SIGFOO", "2:12: Invalid signal: SIGFOO"},
      {"FROM a\nVOLUME [\" \"]", "2:9: VOLUME specified can not be an empty string"},
      {"FROM a\nHEALTHCHECK --retries=-1 CMD x", "2:23: --retries cannot be negative (-1)"},
      {"FROM a\nHEALTHCHECK --retries=x CMD x", "2:23: invalid number 'x'"},
      {"FROM a\nHEALTHCHECK --interval=1us CMD x", "2:24: Interval \"interval\" cannot be less than 1ms"},
      {"FROM a\nHEALTHCHECK NONE x", "2:18: HEALTHCHECK NONE takes no arguments"},
      {"FROM a\nHEALTHCHECK CMD", "2:13: Missing command after HEALTHCHECK CMD"},
      {"FROM a\nONBUILD COPY --frm=x a b", "2:14: unknown flag: --frm (did you mean from?)"},
      {"FROM a\nSHELL []", "2:1: SHELL requires at least one argument"},
      {"FROM a\nUSER", "2:1: USER requires exactly one argument"},
      {"FROM a\nRUN", "2:1: RUN requires at least one argument"},
  };
  for (const auto& [text, expected] : table) EXPECT_EQ(build_error(text), "Dockerfile:" + expected) << text;
}

// Each with its place, in the order of the lines; what follows from an error is not said.
TEST(Instruction, AllErrorsAtOnce) {
  const std::string text =
      "# escape=x\n"
      "FROM --platfrom=x a AS 1\n"
      "RUN x\n"
      "COPPY <<EOF /\n"
      "no instruction\n"
      "EOF\n"
      "ENV a=1 b\n"
      "COPY --frm=a --link=7 --chmod=9 x\n"
      "RUN --mount=type=x --network=y z\n";
  try {
    (void)parse_dockerfile(Source("Dockerfile", text));
    FAIL();
  } catch (const husk::Error& error) {
    EXPECT_EQ(
        std::string(error.what()),
        "Dockerfile:1:1: invalid escape token 'x' does not match ` or \\\n 1 | # escape=x\n   | ^\n"
        "Dockerfile:2:6: unknown flag: --platfrom (did you mean platform?)\n"
        " 2 | FROM --platfrom=x a AS 1\n   |      ^\n"
        "Dockerfile:2:24: invalid name for build stage: \"1\", name can't start with a number or contain "
        "symbols\n 2 | FROM --platfrom=x a AS 1\n   |                        ^\n"
        "Dockerfile:4:1: unknown instruction: COPPY (did you mean COPY?)\n 4 | COPPY <<EOF /\n   | ^\n"
        "Dockerfile:7:9: Syntax error - can't find = in 'b'. Must be of the form: name=value\n"
        " 7 | ENV a=1 b\n   |         ^\n"
        "Dockerfile:8:1: COPY requires at least two arguments, but only 1 provided. Destination could not be "
        "determined\n 8 | COPY --frm=a --link=7 --chmod=9 x\n   | ^\n"
        "Dockerfile:8:6: unknown flag: --frm (did you mean from?)\n"
        " 8 | COPY --frm=a --link=7 --chmod=9 x\n   |      ^\n"
        "Dockerfile:8:21: expecting boolean value for flag --link, not: '7'\n"
        " 8 | COPY --frm=a --link=7 --chmod=9 x\n   |                     ^\n"
        "Dockerfile:8:31: invalid chmod parameter: '9'. it should be octal string and between 0 and 07777, "
        "or like u=rwX,go=rX\n"
        " 8 | COPY --frm=a --link=7 --chmod=9 x\n   |                               ^\n"
        "Dockerfile:9:18: unsupported mount type \"x\"\n"
        " 9 | RUN --mount=type=x --network=y z\n   |                  ^\n"
        "Dockerfile:9:30: unsupported network mode \"y\"\n"
        " 9 | RUN --mount=type=x --network=y z\n   |                              ^");
  }
}

TEST(Instruction, StopsWhenNobodyReadsOn) {
  std::string text = "FROM a\n";
  for (int i = 0; i < 1000; ++i) text += "x\n";
  try {
    (void)parse_dockerfile(Source("D", text));
    FAIL();
  } catch (const husk::Error& error) {
    const std::string message = error.what();
    EXPECT_TRUE(message.ends_with("\nD: too many errors, stopped"));
    EXPECT_EQ(std::count(message.begin(), message.end(), '\n'), 150);
  }
}

TEST(Instruction, FilesOfOtherFrontends) {
  try {
    (void)parse_dockerfile(Source("D", "// syntax=vendor/frontend\n"));
    FAIL();
  } catch (const husk::Error& error) {
    EXPECT_NE(error.hint(), "");
  }
}

TEST(Instruction, FlagsOfEveryInstruction) {
  const auto run =
      std::get<husk::dockerfile::Run>(instruction("RUN --mount=type=bind,target=/a --mount=type=ssh "
                                                  "--network=none --security=sandbox --device=v/c=d x")
                                          .what);
  EXPECT_EQ(run.mounts.size(), 2U);
  EXPECT_EQ(run.network.text, "none");
  EXPECT_EQ(run.security.text, "sandbox");
  EXPECT_EQ(parse_run_device(run.devices.at(0)).name, "v/c=d");
  EXPECT_TRUE(parse_run_device({"name=v/c=d,required", {}}).required);

  const auto copy = std::get<Copy>(
      instruction(
          "COPY --from=b --chown=1:2 --chmod=u=rwX,go= --link --parents --exclude=*.o --exclude=x a b /d/")
          .what);
  EXPECT_EQ(copy.from.text, "b");
  EXPECT_EQ(copy.chown.text, "1:2");
  EXPECT_EQ(copy.chmod.text, "u=rwX,go=");
  EXPECT_TRUE(copy.link && copy.parents);
  EXPECT_EQ(copy.exclude.size(), 2U);
  EXPECT_EQ(copy.sources.size(), 2U);

  const auto add = std::get<Copy>(
      instruction("ADD --keep-git-dir --unpack=false --checksum=0123456 --link=false u /").what);
  EXPECT_TRUE(add.keep_git_dir);
  EXPECT_EQ(add.unpack, false);
  EXPECT_FALSE(add.link);
  EXPECT_EQ(add.checksum.text, "0123456");

  const auto from = std::get<From>(instruction("from --platform=$P a As B").what);
  EXPECT_EQ(from.platform.text, "$P");
  EXPECT_EQ(from.as.text, "As");
  EXPECT_EQ(from.written_name.text, "B");
  EXPECT_EQ(from.name, "b");
  EXPECT_EQ(instruction("Copy a b").written_keyword(), "Copy");
}

TEST(Instruction, Healthcheck) {
  EXPECT_EQ(std::get<Health>(instruction("HEALTHCHECK --interval=5s NONE").what).test,
            (std::vector<std::string>{"NONE"}));

  const auto health =
      std::get<Health>(instruction("HEALTHCHECK --interval=5s --retries=3 CMD curl -f /").what);
  EXPECT_EQ(health.test, (std::vector<std::string>{"CMD-SHELL", "curl -f /"}));
  EXPECT_EQ(health.interval, 5'000'000'000);
  EXPECT_EQ(health.retries, 3);
}

TEST(Instruction, OnBuildKeepsHeredocs) {
  EXPECT_EQ(std::get<OnBuild>(instruction("onbuild RUN <<E\nhi\nE\n").what).trigger, "RUN <<E\nhi\nE");
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
  EXPECT_EQ(build_error(text), "Dockerfile:1001:1: more than 1000 stages");
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
    const auto copy = std::get<Copy>(instruction(each["dockerfile"]).what);
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
    const auto command = std::get<husk::dockerfile::Run>(instruction(each["dockerfile"]).what).command;
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
