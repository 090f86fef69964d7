// What docker's command line says of its options, case by case: cases/docker-cli. Tables of what husk does
// not have are not here.
#include "libcore/base/environment.hpp"
#include "libcore/base/error.hpp"
#include "libcore/container/capability_option.hpp"
#include "libcore/container/device_option.hpp"
#include "libcore/container/mount_option.hpp"
#include "libcore/container/name_option.hpp"
#include "libcore/container/port_option.hpp"
#include "libcore/container/profile_option.hpp"
#include "libcore/container/resource_option.hpp"
#include "libcore/container/run_options.hpp"
#include "tests/unit/cases.hpp"
#include "tests/unit/container/error_of.hpp"

#include <gtest/gtest.h>
#include <cstdlib>
#include <filesystem>
#include <functional>

using namespace husk;
using namespace husk::container;
using Json = nlohmann::json;
using Kind = store::MountConfig::Kind;

namespace {

class DockerCli : public testing::Test {
 protected:
  void SetUp() override {
    if (cases::missing()) GTEST_SKIP() << "no cases";
  }
};

// The rows of one table; a row that is no object stands for its "value".
std::vector<Json> rows(const std::string& table) {
  const Json file = Json::parse(cases::read(cases::directory() / "docker-cli" / (table + ".json")));
  std::vector<Json> out;
  for (const Json& row : file.at("rows")) out.push_back(row.is_object() ? row : Json{{"value", row}});
  EXPECT_FALSE(out.empty()) << table;
  return out;
}

std::string text(const Json& row, const char* key) { return row.value(key, ""); }

void expect_error(const std::string& said, const std::string& wanted, const std::string& what) {
  if (wanted.empty()) {
    EXPECT_EQ(said, "") << what;
  } else {
    EXPECT_NE(said.find(wanted), std::string::npos) << what << ": " << said;
  }
}

// One switch of --mount in all its spellings.
void check_flag(const std::string& table, const std::string& rest, bool (*flag)(const MountOption&)) {
  for (const Json& row : rows(table)) {
    const std::string value = text(row, "value");
    const std::string option = rest + (value.empty() ? "" : "," + value);
    bool set = false;
    expect_error(error_of([&] { set = flag(parse_mount(option)); }), text(row, "expErr"), option);
    EXPECT_EQ(set, row.value("exp", false)) << option;
  }
}

}  // namespace

TEST_F(DockerCli, MountErrors) {
  for (const Json& row : rows("opts_mount.TestMountOptErrors.tests"))
    expect_error(error_of([&] { (void)parse_mount(text(row, "value")); }), text(row, "expErr"), row.dump());
}

TEST_F(DockerCli, MountFlags) {
  check_flag("opts_mount.TestMountOptReadOnly.tests", "type=bind,target=/foo,source=/foo",
             [](const MountOption& option) { return option.mount.read_only; });
  check_flag("opts_mount.TestMountOptSetBindCreateSrc.tests", "type=bind,target=/foo,source=/foo",
             [](const MountOption& option) { return option.mount.make_source; });
  check_flag("opts_mount.TestMountOptVolumeNoCopy.tests", "type=volume,target=/foo,source=foo",
             [](const MountOption& option) { return option.no_copy; });
}

TEST_F(DockerCli, MountAliases) {
  for (const Json& row : rows("opts_mount.TestMountOptSourceTargetAliases.range")) {
    const MountOption option = parse_mount(text(row, "value"));
    EXPECT_EQ(option.mount.kind, Kind::bind);
    EXPECT_EQ(option.mount.source, "/source");
    EXPECT_EQ(option.mount.target, "/target");
  }
}

TEST_F(DockerCli, MountVolumeOptions) {
  for (const Json& row : rows("opts_mount.TestMountOptVolumeOptions.tests")) {
    const MountOption option = parse_mount(text(row, "value"));
    const Json& wanted = row.at("exp");
    EXPECT_EQ(option.mount.kind, Kind::volume);
    EXPECT_EQ(option.mount.target, wanted.at("Target"));
    const Json none = Json::object();
    const Json& volume = wanted.at("VolumeOptions").is_object() ? wanted.at("VolumeOptions") : none;
    const Json driver = volume.value("DriverConfig", none);
    EXPECT_EQ(Json(option.labels), volume.value("Labels", none)) << row.dump();
    EXPECT_EQ(option.driver, driver.is_object() ? driver.value("Name", "") : "") << row.dump();
    EXPECT_EQ(Json(option.driver_options), driver.is_object() ? driver.value("Options", none) : none)
        << row.dump();
  }
}

TEST_F(DockerCli, MountRelativePaths) {
  for (const Json& row : rows("opts_mount.TestMountRelative.range")) {
    const auto source = std::filesystem::path(parse_mount(text(row, "bind")).mount.source);
    EXPECT_TRUE(std::filesystem::equivalent(source, text(row, "path"))) << row.dump();
    EXPECT_TRUE(source.is_absolute()) << row.dump();
  }
}

TEST_F(DockerCli, Environment) {
  ::setenv("PATH", "/usr/bin", 1);
  for (const Json& row : rows("opts_env.TestValidateEnv.tests")) {
    const std::string value = text(row, "value");
    std::vector<std::string> merged;
    expect_error(error_of([&] { merged = merge_environment({}, {value}, find_environment); }),
                 text(row, "expectedErr"), value);
    if (row.contains("expectedErr")) continue;
    // A name alone that the caller has no value for is no entry; docker's daemon leaves it out later.
    const bool is_path = value == "PATH";
    const bool is_entry = value.find('=') != std::string::npos || is_path;
    const std::string wanted = is_path ? "PATH=/usr/bin" : text(row, "expected");
    EXPECT_EQ(merged, is_entry ? std::vector{wanted} : std::vector<std::string>{}) << value;
  }
}

TEST_F(DockerCli, KeyValueFiles) {
  // The inputs of these tests are in docker's code, not in the tables.
  const auto look_up = [](const char* name) {
    return std::string_view(name) == "DEFINED_VAR" ? std::optional<std::string>("defined-value")
                                                   : std::nullopt;
  };
  const auto lines = [](const std::string& table) {
    std::vector<std::string> out;
    for (const Json& row : rows(table)) out.push_back(text(row, "value"));
    return out;
  };
  EXPECT_EQ(parse_key_values("foo=bar\n    baz=quux\n# comment\n\n_foobar=foobaz\nwith.dots=working\n"
                             "and_underscore=working too\n",
                             {}),
            lines("pkg_kvfile_kvfile.TestParseFromReaderGoodFile.expectedLines"));
  for (const char* table : {"pkg_kvfile_kvfile.TestParseFromReaderWithLookup.expectedLines",
                            "pkg_kvfile_kvfile.TestParseWithLookup.expectedLines"}) {
    EXPECT_EQ(parse_key_values("VAR=VAR_VALUE\nEMPTY_VAR=\nUNDEFINED_VAR\nDEFINED_VAR\n", look_up),
              lines(table));
  }
  EXPECT_EQ(parse_key_values("\xef\xbb\xbf"
                             "FOO=BAR\nHELLO=\xe6\x82\xa8\xe5\xa5\xbd\nBAR=FOO",
                             {}),
            (std::vector<std::string>{"FOO=BAR", "HELLO=\xe6\x82\xa8\xe5\xa5\xbd", "BAR=FOO"}));
}

TEST_F(DockerCli, Labels) {
  for (const Json& row : rows("opts_opts.TestValidateLabel.tests")) {
    const std::string value = text(row, "value");
    expect_error(error_of([&] { check_label(value); }), text(row, "expectedErr"), value);
  }
}

TEST_F(DockerCli, Capabilities) {
  for (const Json& row : rows("opts_capabilities.TestNormalizeCapability.tests"))
    EXPECT_EQ(normalize_capability(text(row, "in")), text(row, "out")) << row.dump();
  using Words = std::vector<std::string>;
  for (const Json& row : rows("opts_capabilities.TestEffectiveCapAddCapDrop.tests")) {
    const Json& in = row.at("in");
    const CapabilityChanges changes = merge_capabilities(in.value("add", Words{}), in.value("drop", Words{}));
    EXPECT_EQ(changes.add, row.at("out").value("add", Words{})) << row.dump();
    EXPECT_EQ(changes.drop, row.at("out").value("drop", Words{})) << row.dump();
  }
}

TEST_F(DockerCli, NameServersAndDomains) {
  for (const Json& row : rows("opts_opts.TestValidateIPAddress.tests")) {
    std::string address;
    expect_error(error_of([&] { address = parse_name_server(text(row, "input")); }), text(row, "expectedErr"),
                 row.dump());
    EXPECT_EQ(address, text(row, "expectedOut"));
  }
  for (const Json& row : rows("opts_opts.TestValidateDNSSearch.valid"))
    EXPECT_EQ(error_of([&] { (void)parse_search_domain(text(row, "value")); }), "") << row.dump();
  for (const Json& row : rows("opts_opts.TestValidateDNSSearch.invalid"))
    EXPECT_NE(error_of([&] { (void)parse_search_domain(text(row, "value")); }), "") << row.dump();
}

TEST_F(DockerCli, Devices) {
  for (const Json& row : rows("cli_command_container_opts.TestParseDevice.testCases")) {
    for (const Json& device : row.at("devices")) {
      const DeviceOption option = parse_device(device.get<std::string>());
      if (option.name) {
        EXPECT_EQ(option.name->str(), row.at("deviceRequests").at(0).at("DeviceIDs").at(0));
        continue;
      }
      EXPECT_EQ(option.host_path, row.at("deviceMapping").at("PathOnHost"));
      EXPECT_EQ(option.container_path, row.at("deviceMapping").at("PathInContainer"));
      EXPECT_EQ(option.rights, row.at("deviceMapping").at("CgroupPermissions"));
    }
  }
  for (const Json& row : rows("cli_command_container_opts.TestValidateDevice.valid"))
    expect_error(error_of([&] { (void)parse_device(text(row, "value")); }), "", row.dump());
  const Json file = Json::parse(cases::read(
      cases::directory() / "docker-cli/cli_command_container_opts.TestValidateDevice.invalid.json"));
  for (const auto& [value, wanted] : file.at("rows").items())
    expect_error(error_of([&value = value] { (void)parse_device(value); }), wanted.get<std::string>(), value);
}

TEST_F(DockerCli, SystemPaths) {
  const Json file = Json::parse(cases::read(
      cases::directory() / "docker-cli/cli_command_container_opts.TestParseSystemPaths.tests.json"));
  for (const Json& row : file.at("rows")) {
    // The other options of these rows are refused here, as they mean nothing.
    RunOptions options;
    for (const Json& option : row.at("in")) {
      if (option.get<std::string>().starts_with("systempaths")) options.security_options.push_back(option);
    }
    const bool is_known = options.security_options != std::vector<std::string>{"systempaths=unknown"};
    EXPECT_EQ(error_of([&] { EXPECT_EQ(plan_profile(options).all_visible, row.contains("masked")); }).empty(),
              is_known)
        << row.dump();
  }
}

TEST_F(DockerCli, Ports) {
  const auto read = [](const char* name) {
    return Json::parse(cases::read(cases::directory() / "docker-cli" /
                                   (std::string("cli_command_container_opts.TestConvertToStandardNotation.") +
                                    name + ".json")))
        .at("rows");
  };
  const Json valid = read("valid");
  for (const auto& [wanted, given] : valid.items()) {
    RunOptions converted, standard;
    converted.ports = given.get<std::vector<std::string>>();
    for (std::string_view rest = wanted; !rest.empty();) {
      const std::string_view word = rest.substr(0, rest.find(' '));
      standard.ports.emplace_back(word);
      rest.remove_prefix(std::min(rest.size(), word.size() + 1));
    }
    EXPECT_EQ(choose_ports(converted, {}), choose_ports(standard, {})) << wanted;
  }
  for (const Json& row : read("invalid")) {
    for (const Json& port : row)
      EXPECT_NE(error_of([&] { (void)parse_ports(port.get<std::string>()); }), "") << port;
  }
}

TEST_F(DockerCli, ExposedPorts) {
  const Json all =
      Json::parse(cases::read(cases::directory() /
                              "docker-cli/cli_command_container_opts.TestParseWithExpose.tests.json"))
          .at("rows");
  for (const auto& [given, wanted] : all.items()) {
    // docker's daemon refuses this protocol, which its command line takes.
    if (given == "8080/ncp") continue;
    RunOptions options;
    options.exposed_ports = {given};
    std::vector<std::string> ports;
    for (const Json& port : wanted) ports.push_back(port.at("args").at(0));
    EXPECT_EQ(list_exposed_ports(options, {}), ports) << given;
  }
}

TEST_F(DockerCli, Memory) {
  for (const char* const table : {"TestParseWithMemorySwap", "TestRunFlagsParseWithMemory"}) {
    const std::string word = text(rows(cat("cli_command_container_opts.", table, ".args")).at(0), "value");
    const auto equals = word.find('=');
    RunOptions options;
    options.resources[word.substr(2, equals - 2)] = word.substr(equals + 1);
    EXPECT_NE(error_of([&] { (void)plan_resources(options); }), "") << word;
  }
}

TEST_F(DockerCli, ShmSize) {
  RunOptions options;
  options.shm_size =
      text(rows("cli_command_container_opts.TestRunFlagsParseShmSize.args").at(0), "value").substr(11);
  EXPECT_NE(error_of([&] { (void)plan_profile(options); }), "");
}
