#include "libcore/dockerfile/ports.hpp"

#include "libcore/base/error.hpp"
#include "tests/unit/cases.hpp"

#include <gtest/gtest.h>

using namespace husk::dockerfile;
using nlohmann::json;
using Ports = std::set<std::string>;

namespace {

std::string ports_error(std::string_view text) {
  try {
    (void)parse_exposed(text);
  } catch (const husk::Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST(Ports, Ranges) {
  EXPECT_EQ(parse_exposed("80").ports, (Ports{"80/tcp"}));
  EXPECT_EQ(parse_exposed("80/").ports, (Ports{"80/tcp"}));
  EXPECT_EQ(parse_exposed("8000-8002/udp").ports, (Ports{"8000/udp", "8001/udp", "8002/udp"}));
  EXPECT_EQ(parse_exposed("0-65535/sctp").ports.size(), 65536U);
}

TEST(Ports, WhatHasNoEffectIsNoticed) {
  EXPECT_TRUE(parse_exposed("80/tcp").lower_case);
  EXPECT_FALSE(parse_exposed("80/TcP").lower_case);
  EXPECT_EQ(parse_exposed("80/TcP").ports, (Ports{"80/tcp"}));
  for (const char* text :
       {"127.0.0.1:80:8080", "[::1]:80:8080", "::1:80:8080", "80:8080", "127.0.0.1::8080"}) {
    EXPECT_TRUE(parse_exposed(text).mapping) << text;
    EXPECT_EQ(parse_exposed(text).ports, (Ports{"8080/tcp"})) << text;
  }
  EXPECT_EQ(parse_exposed("1-2:3-4").ports, (Ports{"3/tcp", "4/tcp"}));
  EXPECT_FALSE(parse_exposed(":80").mapping);
}

TEST(Ports, Errors) {
  EXPECT_EQ(ports_error("70000"), "invalid port: \"70000\": '70000' is no port number");
  EXPECT_EQ(ports_error("9-8"), "invalid port: \"9-8\": the range ends before it begins");
  EXPECT_EQ(ports_error("80/icmp"), "invalid port: \"80/icmp\": 'icmp' is neither tcp, udp nor sctp");
  EXPECT_EQ(ports_error("1.2.3:80:80"), "invalid port: \"1.2.3:80:80\": '1.2.3' is no IP address");
  EXPECT_EQ(ports_error("1-3:1-2"), "invalid port: \"1-3:1-2\": the ranges are of different lengths");
  for (const char* text : {"", "-", "80-", "-80", "a", "+1", "1 ", "x:80", "127.0.0.1:80:", "80//tcp"}) {
    EXPECT_NE(ports_error(text), "") << text;
  }
}

TEST(PortsCases, Errors) {
  if (cases::missing()) GTEST_SKIP() << "no ../shared/cases";
  for (const json& each : cases::lines("buildkit/tables/expose_errors.jsonl")) {
    EXPECT_EQ(ports_error(each["spec"].get<std::string>()), each["expError"]);
  }
}
