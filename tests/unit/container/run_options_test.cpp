#include "libcore/container/run_options.hpp"

#include "libcore/base/error.hpp"
#include "libcore/container/image_use.hpp"
#include "tests/unit/container/error_of.hpp"

#include <gtest/gtest.h>
#include <functional>

using namespace husk;
using namespace husk::container;
using Words = std::vector<std::string>;

namespace {

struct CommandCase {
  const char* what;
  std::optional<Words> image_entrypoint;
  std::optional<Words> image_cmd;
  std::optional<std::string> entrypoint;
  Words command;
  Words expected;  // empty: an error
};

}  // namespace

TEST(MergeCommand, FollowsDocker) {
  const std::vector<CommandCase> cases = {
      {"Cmd alone", {}, Words{"sh"}, {}, {}, {"sh"}},
      {"the user's command for Cmd", {}, Words{"sh"}, {}, {"ls", "-l"}, {"ls", "-l"}},
      {"Entrypoint and Cmd", Words{"e"}, Words{"c"}, {}, {}, {"e", "c"}},
      {"Entrypoint and the user's command", Words{"e"}, Words{"c"}, {}, {"x"}, {"e", "x"}},
      {"--entrypoint drops Cmd", Words{"e"}, Words{"c"}, "mine", {}, {"mine"}},
      {"--entrypoint and a command", Words{"e"}, Words{"c"}, "mine", {"x"}, {"mine", "x"}},
      {"empty --entrypoint", Words{"e"}, Words{"c"}, "", {"x"}, {"x"}},
      {"empty --entrypoint, no command", Words{"e"}, Words{"c"}, "", {}, {}},
      {"nothing at all", {}, {}, {}, {}, {}},
      {"Entrypoint without Cmd", Words{"e"}, {}, {}, {}, {"e"}},
  };
  for (const CommandCase& each : cases) {
    oci::ImageConfig image;
    image.entrypoint = each.image_entrypoint;
    image.cmd = each.image_cmd;
    RunOptions options;
    options.words = {"i"};
    options.words.insert(options.words.end(), each.command.begin(), each.command.end());
    options.entrypoint = each.entrypoint;
    if (each.expected.empty()) {
      EXPECT_EQ(error_of([&] { (void)merge_command(image, options); }), "image 'i' names no command")
          << each.what;
    } else {
      EXPECT_EQ(merge_command(image, options), each.expected) << each.what;
    }
  }
}

TEST(MergeEnvironment, TakesTheUsersOverTheImages) {
  const auto caller = [](const char* name) -> std::optional<std::string> {
    if (std::string_view(name) == "MINE") return "here";
    return std::nullopt;
  };
  EXPECT_EQ(merge_environment({"A=1", "B=2"}, {"B=3", "C=4"}, caller), (Words{"A=1", "B=3", "C=4"}));
  EXPECT_EQ(merge_environment({"A=1", "A=2"}, {}, caller), (Words{"A=2"}));
  EXPECT_EQ(merge_environment({"A=1"}, {"MINE", "A"}, caller), (Words{"MINE=here"}));
  EXPECT_EQ(merge_environment({}, {"E="}, caller), (Words{"E="}));
  EXPECT_NE(error_of([&] { (void)merge_environment({}, {"=x"}, caller); }), "");
}

TEST(MergeEnvironment, NeverLooksUpWhatAnImageNames) {
  const auto caller = [](const char* name) -> std::optional<std::string> {
    ADD_FAILURE() << name;
    return "canary";
  };
  EXPECT_EQ(merge_environment({"*", "PATH*", "SECRET", "=x", "", "OK=1", std::string("Z=\0", 3)}, {}, caller),
            (Words{"OK=1"}));
}

TEST(ParsePort, ReadsAddressPortsAndProtocol) {
  const auto print = [](std::string_view text) { return print_port(parse_port(text)); };
  EXPECT_EQ(print("3000:80"), "0.0.0.0:3000->80/tcp");
  EXPECT_EQ(print("127.0.0.1:3000:80"), "127.0.0.1:3000->80/tcp");
  EXPECT_EQ(print("[::1]:53:5353/udp"), "[::1]:53->5353/udp");
  for (const char* bad : {"", "80", "x:80", "0:80", "80:0", "65536:80", "80:80/sctp", "::80", "a:80:80",
                          "80-90:80-90", "80:", "1.2.3.4::80", "80:80/", " 80:80", "-1:80"}) {
    EXPECT_NE(error_of([&] { (void)parse_port(bad); }), "") << bad;
  }
}

TEST(Options, NameWhatIsKnown) {
  EXPECT_EQ(parse_network("none"), runtime::Network::none);
  EXPECT_EQ(parse_pull("always"), Pull::always);
  EXPECT_EQ(error_of([] { (void)parse_network("bridge"); }),
            "--network 'bridge': host, none and private are known");
  EXPECT_EQ(error_of([] { (void)parse_pull("new"); }),
            "--pull 'new': missing, always, never and newer are known");
}

TEST(MergeLabels, TakesTheUsersOverTheImages) {
  RunOptions options;
  options.labels = {"a=2", "c", " d=x=y"};
  EXPECT_EQ(merge_labels({{"a", "1"}, {"b", "1"}}, options),
            (std::map<std::string, std::string>{{"a", "2"}, {"b", "1"}, {"c", ""}, {" d", "x=y"}}));
  options.labels = {"=x"};
  EXPECT_EQ(error_of([&] { (void)merge_labels({}, options); }), "--label: invalid label '=x': empty name");
  options.labels = {};
  options.label_files = {"/nowhere"};
  EXPECT_NE(error_of([&] { (void)merge_labels({}, options); }).find("--label-file: open '/nowhere'"),
            std::string::npos);
}
