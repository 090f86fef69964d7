#include "libcore/dockerfile/lint.hpp"

#include "tests/unit/cases.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

using namespace husk::dockerfile;
using nlohmann::json;

namespace {

// Stand-ins for what the module of image names and platforms knows.
bool looks_like_image(std::string_view name) {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !name.empty() && plain(name.front()) && plain(name.back()) &&
         std::none_of(name.begin(), name.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

std::optional<LintInput::Platform> split_platform(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  return LintInput::Platform{std::string(text.substr(0, slash)), std::string(text.substr(slash + 1))};
}

LintInput make_input() {
  LintInput input;
  for (const std::string prefix : {"TARGET", "BUILD"}) {
    input.world.predefined[prefix + "PLATFORM"] = "linux/amd64";
    input.world.predefined[prefix + "OS"] = "linux";
    input.world.predefined[prefix + "ARCH"] = "amd64";
  }
  input.is_image_name = looks_like_image;
  input.parse_platform = split_platform;
  return input;
}

struct Linted {
  LintResult result;
  std::string error;
};

Linted run(const std::string& text, LintInput input, const std::string& ignore = "",
           const char* check = nullptr) {
  Diagnostics diagnostics;
  const Dockerfile file = parse_dockerfile(Source("Dockerfile", text), diagnostics);
  const IgnoreMatcher matcher(parse_ignore_file(ignore));
  if (!ignore.empty()) input.ignore = &matcher;
  input.options = parse_check_options(check != nullptr ? check : file.check.text);
  Linted linted{lint(file, input, diagnostics), ""};
  if (!diagnostics.empty()) linted.error = diagnostics.errors().front().what();
  return linted;
}

// "LINE RULE: DETAIL" of each.
std::vector<std::string> warnings_of(const std::string& text, const std::string& ignore = "") {
  std::vector<std::string> out;
  for (const LintWarning& warning : run(text, make_input(), ignore).result.warnings) {
    out.push_back(husk::cat(warning.first_line, " ", info_of(warning.rule).name, ": ", warning.detail));
  }
  return out;
}

using Warnings = std::vector<std::string>;

}  // namespace

TEST(Lint, CaseOfKeywordsAndNames) {
  EXPECT_EQ(warnings_of("FROM a as Base\nrun x\nRUN y"),
            (Warnings{"1 StageNameCasing: Stage name 'Base' should be lowercase",
                      "1 FromAsCasing: 'as' and 'FROM' keywords' casing do not match",
                      "2 ConsistentInstructionCasing: Command 'run' should match the case of the command "
                      "majority (uppercase)"}));
  EXPECT_EQ(warnings_of("from a AS b\nrun x"),
            Warnings{"1 FromAsCasing: 'AS' and 'from' keywords' casing do not match"});
  EXPECT_EQ(
      warnings_of("arg x\nfrom a\nRUN x"),  // as many: upper case
      Warnings{"2 ConsistentInstructionCasing: Command 'from' should match the case of the command majority "
               "(uppercase)"});
}

TEST(Lint, NamesOfStages) {
  EXPECT_EQ(
      warnings_of("FROM a AS b\nFROM a AS b\nFROM a AS scratch\nFROM a AS context"),
      (Warnings{
          "2 DuplicateStageName: Duplicate stage name \"b\", stage names should be unique",
          "3 ReservedStageName: Stage name should not use the same name as reserved stage \"scratch\"",
          "4 ReservedStageName: Stage name should not use the same name as reserved stage \"context\""}));
}

TEST(Lint, PlatformsAndArgumentsOfFrom) {
  EXPECT_EQ(
      warnings_of("FROM --platform=$TARGETPLATFORM a"),
      Warnings{
          "1 RedundantTargetPlatform: Setting platform to predefined $TARGETPLATFORM in FROM is redundant "
          "as this is the default behavior"});
  EXPECT_EQ(warnings_of("FROM --platform=$BUILDPLATFORM a"), Warnings{});
  EXPECT_EQ(warnings_of("FROM --platform=linux/arm64 a\nFROM --platform=linux/arm64 a AS b-arm64"),
            Warnings{"1 FromPlatformFlagConstDisallowed: FROM --platform flag should not use constant value "
                     "\"linux/arm64\""});
  EXPECT_EQ(
      warnings_of("ARG version=1\nFROM a:${vresion:-2}"),
      Warnings{"2 UndefinedArgInFrom: FROM argument 'vresion' is not declared (did you mean version?)"});
  EXPECT_EQ(
      warnings_of("ARG version\nFROM a:$version"),
      Warnings{"2 InvalidDefaultArgInFrom: Default value for ARG a:$version results in empty or invalid base "
               "image name"});
  EXPECT_EQ(run("FROM --platform=$BULIDPLATFORM a", make_input()).error,
            "empty platform value from expression $BULIDPLATFORM (did you mean BUILDPLATFORM?)");
  EXPECT_EQ(run("FROM $x", make_input()).error, "base name ($x) should not be blank");
}

TEST(Lint, Variables) {
  EXPECT_EQ(warnings_of("FROM scratch\nENV DIR=/x\nCOPY a $DRI\nARG b\nCOPY $b ${b:-$DIR} $c"),
            (Warnings{"3 UndefinedVar: Usage of undefined variable '$DRI' (did you mean $DIR?)",
                      "5 UndefinedVar: Usage of undefined variable '$c'"}));
  EXPECT_EQ(warnings_of("FROM scratch\nENV PATH=$PAHT:/x\nENV b=1 c=$b\nUSER $d\nEXPOSE $e"),
            (Warnings{"2 UndefinedVar: Usage of undefined variable '$PAHT' (did you mean $PATH?)",
                      "3 UndefinedVar: Usage of undefined variable '$b'",
                      "4 UndefinedVar: Usage of undefined variable '$d' (did you mean $b?)"}));
  // Of the stage it is made from, and of no other; ARG before the first FROM is none.
  EXPECT_EQ(
      warnings_of(
          "ARG g=1\nFROM scratch AS a\nENV x=1\nARG y=2\nFROM a\nLABEL l=$x$y\nFROM scratch\nLABEL l=$x$g"),
      (Warnings{"8 UndefinedVar: Usage of undefined variable '$g'",
                "8 UndefinedVar: Usage of undefined variable '$x'"}));
  EXPECT_EQ(
      warnings_of("FROM scratch\nRUN --mount=type=cache,target=$x echo $y\nCOPY <<A <<'B' /\n$z\nA\n$z\nB\n"),
      (Warnings{"2 UndefinedVar: Usage of undefined variable '$x'",
                "3 UndefinedVar: Usage of undefined variable '$z'"}));
}

TEST(Lint, BaseImages) {
  LintInput input = make_input();
  input.world.find_base = [](const std::string& image) -> std::optional<BaseFacts> {
    if (image != "known") return std::nullopt;
    return BaseFacts{{{"HOME", "/h"}}, true, {"COPY $nothing /"}};
  };
  const LintResult known = run("FROM known\nLABEL x=$HOME\nCMD x", input).result;
  ASSERT_EQ(known.warnings.size(), 1U);  // of the trigger; there is a SHELL in the image
  EXPECT_EQ(known.warnings[0].detail, "Usage of undefined variable '$nothing'");
  EXPECT_EQ(known.warnings[0].first_line, 1);
  EXPECT_EQ(known.unknown_images, std::set<std::string>{});

  const std::string text = "FROM other AS b\nFROM b\nLABEL x=$HOME\n";
  const LintResult unknown = run(text, input).result;
  EXPECT_EQ(unknown.warnings.size(), 1U);
  EXPECT_EQ(unknown.unknown_images, std::set<std::string>{"other"});
  input.world.unknown_image = World::UnknownImage::sets_anything;
  EXPECT_EQ(run(text, input).result.warnings.size(), 0U);
}

TEST(Lint, ErrorsOfVariables) {
  const std::string text = "FROM other\nCOPY ${HOME:?unset} /\nEXPOSE ${HOME}x\n";
  LintInput input = make_input();
  EXPECT_EQ(run(text, input).error, "failed to process '${HOME:?unset}': HOME: unset");
  input.world.unknown_image = World::UnknownImage::sets_anything;
  EXPECT_EQ(run(text, input).error, "");
  // ENV hides ARG.
  EXPECT_EQ(run("FROM scratch\nENV x=1\nARG x=\nUSER ${x:?}", input).error, "");
  // A stage that is not needed may be wrong.
  input.world.stages = {false, true};
  EXPECT_EQ(run("FROM $x\nFROM scratch", input).error, "");
}

TEST(Lint, OneOfAKind) {
  EXPECT_EQ(
      warnings_of(
          "FROM a AS b\nCMD [\"x\"]\ncmd [\"y\"]\nFROM b\nCMD [\"z\"]\nHEALTHCHECK NONE\nHEALTHCHECK NONE"),
      (Warnings{
          "2 MultipleInstructionsDisallowed: Multiple cmd instructions should not be used in the same "
          "stage because only the last one will be used",
          "3 ConsistentInstructionCasing: Command 'cmd' should match the case of the command majority "
          "(uppercase)",
          "6 MultipleInstructionsDisallowed: Multiple HEALTHCHECK instructions should not be used in the "
          "same stage because only the last one will be used"}));
}

TEST(Lint, Forms) {
  EXPECT_EQ(
      warnings_of("FROM a\nCMD x\nFROM a\nSHELL [\"s\"]\nENTRYPOINT x\nENV a b\nLABEL c d\nMAINTAINER me"),
      (Warnings{
          "2 JSONArgsRecommended: JSON arguments recommended for CMD to prevent unintended behavior "
          "related to OS signals",
          "6 LegacyKeyValueFormat: \"ENV key=value\" should be used instead of legacy \"ENV key value\" "
          "format",
          "7 LegacyKeyValueFormat: \"LABEL key=value\" should be used instead of legacy \"LABEL key "
          "value\" format",
          "8 MaintainerDeprecated: Maintainer instruction is deprecated in favor of using label"}));
  EXPECT_EQ(
      warnings_of("FROM a AS b\nWORKDIR x\nWORKDIR y\nFROM b\nWORKDIR z\nFROM a\nENV d=/d\nWORKDIR $d"),
      Warnings{"2 WorkdirRelativePath: Relative workdir \"x\" can have unexpected results if the base image "
               "changes"});
  EXPECT_EQ(warnings_of("FROM a\nRUN x \\\n\ny"), Warnings{"4 NoEmptyContinuation: Empty continuation line"});
  EXPECT_EQ(
      warnings_of("FROM a\nEXPOSE 80/TCP 1:2"),
      (Warnings{"2 ExposeProtoCasing: Defined protocol '80/TCP' in EXPOSE instruction should be lowercase",
                "2 ExposeInvalidFormat: EXPOSE instruction should not define an IP address or host-port "
                "mapping, found '1:2'"}));
}

TEST(Lint, Secrets) {
  const auto is_secret = [](const std::string& name) {
    return !warnings_of("FROM a\nENV " + name + "=x").empty();
  };
  for (const char* secret : {"KEY", "api_key", "Github_Token", "auth", "x_passwd_y", "CREDENTIALS"})
    EXPECT_TRUE(is_secret(secret)) << secret;
  for (const char* harmless : {"KEYS", "monkey", "PUBLIC_KEY", "token_file", "AUTH_VERSION", "x"})
    EXPECT_FALSE(is_secret(harmless)) << harmless;
  EXPECT_EQ(
      warnings_of("ARG token\nFROM a\narg token"),
      (Warnings{
          "3 ConsistentInstructionCasing: Command 'arg' should match the case of the command majority "
          "(uppercase)",
          "3 SecretsUsedInArgOrEnv: Do not use ARG or ENV instructions for sensitive data (ARG \"token\")"}));
}

TEST(Lint, IgnoredFiles) {
  const auto ignored = [](const std::string& copy, const std::string& ignore) {
    return !warnings_of("FROM a\n" + copy, ignore).empty();
  };
  EXPECT_TRUE(ignored("COPY ./sub/../x /", "x\n"));
  EXPECT_TRUE(ignored("ADD dir/x /", "dir\n"));
  EXPECT_FALSE(ignored("COPY y /", "x\n"));
  EXPECT_FALSE(ignored("COPY x /", "x\n!dir/x\n"));
  EXPECT_FALSE(ignored("COPY --from=b x /", "x\n"));
  EXPECT_FALSE(ignored("ADD https://h/x /", "**\n"));
  for (const char* all : {"*\n", "**\n", "**/*\n", ".*\n[^.]*\n"})
    EXPECT_TRUE(ignored("COPY . /", all)) << all;
  for (const char* some : {".*\n", "*.c\n", "*/*\n"}) EXPECT_FALSE(ignored("COPY . /", some)) << some;
}

TEST(Lint, ChecksAreSkippedForAFileOrAnInstruction) {
  const std::string text = "FROM a\n# check=skip=JSONArgsRecommended // why not\nCMD x\nMAINTAINER y\n";
  EXPECT_EQ(warnings_of(text).size(), 1U);
  EXPECT_EQ(warnings_of("# check=skip=MaintainerDeprecated,X\n" + text).size(), 0U);
  EXPECT_EQ(warnings_of("# check=skip=all\n" + text).size(), 0U);
  EXPECT_FALSE(run(text, make_input()).result.is_error);
  EXPECT_TRUE(run("# check=error=true\n" + text, make_input()).result.is_error);
  EXPECT_FALSE(run("# check=skip=all;error=true\n" + text, make_input()).result.is_error);
  EXPECT_EQ(run(text, make_input(), "", "error=true").result.violation(),
            "lint violation found for rules: MaintainerDeprecated");
  EXPECT_THROW((void)parse_check_options("skip"), husk::Error);
  EXPECT_THROW((void)parse_check_options("error=maybe"), husk::Error);
  EXPECT_THROW((void)parse_check_options("skp=all"), husk::Error);
}

TEST(Lint, DescriptionsAreLookedAtIfThatIsAskedFor) {
  const std::string text =
      "# x is it\nARG x\n# what\nFROM a AS b\n# check=skip=UndefinedVar\nARG c\n# no\n\nARG d\n# e e\nARG e "
      "f";
  EXPECT_EQ(warnings_of(text), Warnings{});
  EXPECT_EQ(
      warnings_of("# check=experimental=all\n" + text),
      Warnings{
          "5 InvalidDefinitionDescription: Comment for FROM should follow the format: `# b <description>`"});
}

namespace {

// The warnings of a record, "LINE RULE DETAIL"; without lines if they are not what BuildKit compares there.
std::multiset<std::string> expected_of(const json& warnings, bool lines) {
  std::multiset<std::string> out;
  for (const json& each : warnings) {
    if (each.contains("$call")) {  // makeLintWarning(keyword, line)
      const std::string name = each["args"][0];
      out.insert(husk::cat(
          each["args"][1].get<int>(), " MultipleInstructionsDisallowed Multiple ", name,
          " instructions should not be used in the same stage because only the last one will be used"));
    } else {
      const std::string line = lines ? std::to_string(each["Line"].get<int>()) : "";
      out.insert(
          husk::cat(line, " ", each["RuleName"].get<std::string>(), " ", each["Detail"].get<std::string>()));
      EXPECT_EQ(each["Level"], 1);
    }
  }
  return out;
}

std::multiset<std::string> found_of(const LintResult& result, bool lines) {
  std::multiset<std::string> out;
  for (const LintWarning& each : result.warnings) {
    const std::string line = lines ? std::to_string(each.first_line) : "";
    out.insert(husk::cat(line, " ", info_of(each.rule).name, " ", each.detail));
  }
  return out;
}

// The last stage and those that it is made from.
std::vector<bool> stages_of_target(const std::string& text) {
  const Dockerfile file = parse_dockerfile(Source("Dockerfile", text));
  std::vector<bool> needed(file.stages.size());
  std::string name;
  for (std::size_t i = file.stages.size(); i-- > 0;) {
    needed[i] = i + 1 == needed.size() || file.stages[i].from.name == name;
    if (needed[i]) name = file.stages[i].from.image.text;
  }
  return needed;
}

}  // namespace

TEST(LintCases, BuildKit) {
  if (cases::missing()) GTEST_SKIP() << "no ../shared/cases";
  // In these records the Dockerfile is that of an earlier test, not the one that the warnings are of.
  const std::set<int> unresolved = {1038, 1061, 1148, 1171, 1193, 1454, 1480, 1497, 1514};
  std::size_t count = 0;
  for (const json& each : cases::lines("buildkit/lint.jsonl")) {
    if (unresolved.contains(each["line"].get<int>())) continue;
    ++count;
    SCOPED_TRACE(each["line"]);
    const std::string text = each["Dockerfile"];
    LintInput input = make_input();
    std::string check;
    const json attributes = each.value("FrontendAttrs", json::object());
    for (const auto& [name, value] : attributes.items()) {
      if (name == "build-arg:BUILDKIT_DOCKERFILE_CHECK") check = value;
      if (name.starts_with("build-arg:") && value.is_string())
        input.world.build_arguments[name.substr(10)] = value;
      if (name.starts_with("build-arg:") && !value.is_string()) {
        input.world.build_arguments[name.substr(10)] = value["args"][0];  // integration.UnixOrWindows
      }
    }
    const std::string ignore = each.value("DockerIgnore", "");
    const char* const options = check.empty() ? nullptr : check.c_str();
    const Linted all = run(text, input, ignore, options);
    if (each.contains("UnmarshalWarnings")) {
      EXPECT_EQ(found_of(all.result, false), expected_of(each["UnmarshalWarnings"], false));
      input.world.stages = stages_of_target(text);
    }
    const Linted target = run(text, input, ignore, options);
    EXPECT_EQ(found_of(target.result, true), expected_of(each.value("Warnings", json::array()), true));
    if (each.contains("BuildErr")) {
      const std::string error = each["BuildErr"];
      const std::string found = target.result.is_error ? target.result.violation() : target.error;
      EXPECT_NE(error.find(found), std::string::npos) << found;
    } else {
      EXPECT_FALSE(target.result.is_error);
    }
  }
  EXPECT_GE(count, 70U);
}
