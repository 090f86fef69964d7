#include "libcore/oci/device_spec.hpp"

#include "libcore/base/error.hpp"

#include <gtest/gtest.h>

namespace husk::oci {
namespace {

TEST(DeviceName, WhatIsOne) {
  for (const char* const text :
       {"vendor.com/class=name", "nvidia.com/gpu=0", "a/b=c", "v-1.x/c_2.y=GPU-8:1"}) {
    const auto name = parse_device_name(text);
    ASSERT_TRUE(name) << text;
    EXPECT_EQ(name->str(), text);
  }
  EXPECT_EQ(parse_device_name("nvidia.com/gpu=all")->kind, "nvidia.com/gpu");
  EXPECT_EQ(parse_device_name("nvidia.com/gpu=all")->name, "all");
  for (const char* const text :
       {"", "/dev/null", "name", "vendor.com/class", "vendor.com=name", "/class=name", "vendor.com/=name",
        "vendor.com/class=", "1v/class=x", "v/1c=x", "v./c=x", "v/c-=x", "v/c=-x", "v/c=x.", "v/c=a b",
        "v/c/d=x", "v/c=x=y"}) {
    EXPECT_FALSE(parse_device_name(text)) << text;
  }
  EXPECT_FALSE(parse_device_name(std::string(254, 'v') + "/c=x"));
  EXPECT_FALSE(parse_device_name("v/" + std::string(64, 'c') + "=x"));
}

TEST(DeviceSpec, Whole) {
  const DeviceSpec spec = parse_device_spec(R"({
    "cdiVersion": "0.6.0", "kind": "vendor.com/class", "annotations": {"a": "b"},
    "containerEdits": {"env": ["ALL=1"], "hooks": []},
    "devices": [
      {"name": "one", "containerEdits": {
        "env": ["ONE=1"],
        "deviceNodes": [{"path": "/dev/x", "hostPath": "/dev/null", "permissions": "rw"}, {"path": "/dev/zero"}],
        "mounts": [{"hostPath": "/usr/lib/a.so", "containerPath": "/lib/a.so", "options": ["ro", "nosuid", "rbind"]},
                   {"hostPath": "/h", "containerPath": "/c", "type": "bind"}]}},
      {"name": "two", "containerEdits": {
        "hooks": [{"hookName": "createContainer", "path": "/bin/true"}], "additionalGids": [44],
        "mounts": [{"hostPath": "tmpfs", "containerPath": "/t", "type": "tmpfs"}]}}]})");
  EXPECT_EQ(spec.kind, "vendor.com/class");
  EXPECT_EQ(spec.edits.environment, std::vector<std::string>{"ALL=1"});
  EXPECT_TRUE(spec.edits.unsupported.empty());
  ASSERT_EQ(spec.devices.size(), 2U);
  DeviceEdits one = spec.edits;
  one.add(spec.devices.at("one"));
  EXPECT_EQ(one.environment, (std::vector<std::string>{"ALL=1", "ONE=1"}));
  ASSERT_EQ(one.nodes.size(), 2U);
  EXPECT_EQ(one.nodes[0].path, "/dev/x");
  EXPECT_EQ(one.nodes[0].host_path, "/dev/null");
  EXPECT_EQ(one.nodes[1].host_path, "/dev/zero");
  ASSERT_EQ(one.binds.size(), 2U);
  EXPECT_EQ(one.binds[0].host_path, "/usr/lib/a.so");
  EXPECT_EQ(one.binds[0].container_path, "/lib/a.so");
  EXPECT_TRUE(one.binds[0].read_only);
  EXPECT_FALSE(one.binds[1].read_only);
  EXPECT_EQ(spec.devices.at("two").unsupported,
            (std::vector<std::string>{"a mount of type tmpfs", "hooks", "additionalGids"}));
}

std::string problem(const std::string& text) {
  try {
    (void)parse_device_spec(text);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(DeviceSpec, WhatIsNone) {
  const auto with = [](const std::string& edits) {
    return R"({"cdiVersion":"1.0.0","kind":"v/c","devices":[{"name":"x","containerEdits":)" + edits + "}]}";
  };
  EXPECT_EQ(problem(with("{}")), "");
  EXPECT_EQ(problem("{}"), "cdiVersion is missing");
  EXPECT_EQ(problem(R"({"cdiVersion":"2.0","kind":"v/c"})"), "cdiVersion is not known: '2.0'");
  EXPECT_EQ(problem(R"({"cdiVersion":"1.0","kind":"v"})"), "kind is not VENDOR/CLASS: 'v'");
  EXPECT_EQ(problem(R"({"cdiVersion":"1.0","kind":"v/c","devices":[]})"), "devices has none");
  EXPECT_NE(
      problem(R"({"cdiVersion":"1.0","kind":"v/c","devices":[{"name":"x"},{"name":"x"}]})").find("another"),
      std::string::npos);
  EXPECT_NE(problem(with(R"({"env":["A"]})")).find("NAME=VALUE"), std::string::npos);
  EXPECT_NE(problem(with(R"({"deviceNodes":[{}]})")).find("path is missing"), std::string::npos);
  EXPECT_NE(problem(with(R"({"deviceNodes":[{"path":"dev/x"}]})")).find("no absolute path"),
            std::string::npos);
  EXPECT_NE(problem(with(R"({"mounts":[{"hostPath":"a","containerPath":"/b"}]})")).find("no absolute path"),
            std::string::npos);
  EXPECT_NE(problem(with(R"({"mounts":[{"hostPath":"/a"}]})")).find("containerPath is missing"),
            std::string::npos);
}

}  // namespace
}  // namespace husk::oci
