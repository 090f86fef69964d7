#include "libcore/runtime/devices.hpp"

#include "libcore/base/error.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace husk::runtime {
namespace {

namespace fs = std::filesystem;

class Devices : public testing::Test {
 protected:
  Devices() {
    for (const char* const name : {"low", "high"}) fs::create_directories(base_ / name);
  }
  ~Devices() override { fs::remove_all(base_); }

  void write(const std::string& path, const std::string& text) const { std::ofstream(base_ / path) << text; }
  oci::DeviceEdits find(const std::string& name) const {
    return require_device(*oci::parse_device_name(name), directories());
  }
  std::vector<fs::path> directories() const { return {base_ / "none", base_ / "low", base_ / "high"}; }
  std::string problem(const std::string& name) const {
    try {
      (void)find(name);
    } catch (const Error& error) {
      EXPECT_EQ(error.exit(), Exit::engine);
      return error.what();
    }
    return "";
  }

  fs::path base_ = fs::temp_directory_path() / ("husk-devices-" + std::to_string(::getpid()));
};

std::string spec(const std::string& name, const std::string& value) {
  return R"({"cdiVersion":"0.6.0","kind":"v.com/c","containerEdits":{"env":["ALL=)" + value +
         R"("]},"devices":[{"name":")" + name + R"(","containerEdits":{"env":["ONE=)" + value + R"("]}}]})";
}

TEST_F(Devices, TheLaterDirectoryWins) {
  write("low/a.json", spec("x", "low"));
  EXPECT_EQ(find("v.com/c=x").environment, (std::vector<std::string>{"ALL=low", "ONE=low"}));
  write("high/a.yaml",
        "cdiVersion: 0.6.0\nkind: v.com/c\ndevices:\n- name: x\n  containerEdits:\n    env: [ONE=high]\n");
  EXPECT_EQ(find("v.com/c=x").environment, std::vector<std::string>{"ONE=high"});
  write("low/b.json", spec("y", "low"));
  EXPECT_EQ(find("v.com/c=y").environment.size(), 2U);
}

TEST_F(Devices, WhatIsNotThere) {
  EXPECT_EQ(problem("v.com/c=x"), "no device 'v.com/c=x'");
  EXPECT_FALSE(find_device(*oci::parse_device_name("v.com/c=x"), directories()));
  write("low/a.json", spec("x", "1"));
  write("low/a.txt", spec("y", "1"));
  EXPECT_EQ(problem("v.com/c=y"), "no device 'v.com/c=y'");
  EXPECT_EQ(problem("v.com/d=x"), "no device 'v.com/d=x'");
  write("low/b.json", spec("x", "2"));
  EXPECT_NE(problem("v.com/c=x").find("is in both "), std::string::npos);
}

TEST_F(Devices, AFileThatIsNoneIsAnErrorOnlyWhereItMatters) {
  write("high/broken.json", "{");
  write("low/a.json", spec("x", "1"));
  EXPECT_EQ(problem("v.com/c=x"), "");
  EXPECT_NE(problem("v.com/c=y").find("broken.json': the device specification is not valid JSON"),
            std::string::npos);
}

TEST_F(Devices, WhatAnOrdinaryUsersContainerCantHave) {
  write(
      "low/a.json",
      R"({"cdiVersion":"1.0.0","kind":"v.com/c","devices":[{"name":"x","containerEdits":{"hooks":[{"hookName":"poststart","path":"/x"}]}}]})");
  EXPECT_NE(problem("v.com/c=x").find("the device 'v.com/c=x' needs hooks, which husk does not do: '"),
            std::string::npos);
}

TEST(ApplyDevice, ToAContainer) {
  Spec spec;
  spec.environment = {"A=old", "AB=stays"};
  apply(spec, {.environment = {"A=new"},
               .nodes = {{"/dev/x", "/dev/null"}},
               .binds = {{"/usr/lib/a.so", "/lib/a.so", true}},
               .unsupported = {}});
  EXPECT_EQ(spec.environment, (std::vector<std::string>{"AB=stays", "A=new"}));
  ASSERT_EQ(spec.mounts.size(), 1U);
  EXPECT_EQ(spec.mounts[0].target, "/dev/x");
  EXPECT_EQ(std::get<DeviceMount>(spec.mounts[0].what).source, "/dev/null");
  ASSERT_EQ(spec.volumes.size(), 1U);
  EXPECT_EQ(spec.volumes[0].target, "/lib/a.so");
  EXPECT_EQ(spec.volumes[0].read_only, ReadOnly::all);
}

}  // namespace
}  // namespace husk::runtime
