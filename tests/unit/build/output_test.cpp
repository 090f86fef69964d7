#include "libcore/build/output.hpp"

#include "libcore/base/error.hpp"

#include <gtest/gtest.h>

namespace husk::build {
namespace {

TEST(OutputTest, ShortForms) {
  EXPECT_EQ(parse_output("-"), (Output{.kind = Output::Kind::tar, .destination = "-"}));
  EXPECT_EQ(parse_output("out"), (Output{.kind = Output::Kind::directory, .destination = "out"}));
  EXPECT_EQ(parse_output("/a b/c"), (Output{.kind = Output::Kind::directory, .destination = "/a b/c"}));
}

TEST(OutputTest, Types) {
  EXPECT_EQ(parse_output("type=local,dest=d/"),
            (Output{.kind = Output::Kind::directory, .destination = "d/"}));
  EXPECT_EQ(parse_output("type=tar"), (Output{.kind = Output::Kind::tar, .destination = "-"}));
  EXPECT_EQ(parse_output("dest=a,type=tar"), (Output{.kind = Output::Kind::tar, .destination = "a"}));
  EXPECT_EQ(parse_output("type=oci,dest=d,tar=false"),
            (Output{.kind = Output::Kind::oci, .destination = "d", .archive = false}));
  EXPECT_EQ(
      parse_output("type=docker,compression=zstd"),
      (Output{.kind = Output::Kind::docker, .destination = "-", .compression = archive::Compression::zstd}));
  EXPECT_EQ(parse_output("type=image,rewrite-timestamp=true"),
            (Output{.kind = Output::Kind::image, .rewrite_times = true}));
  EXPECT_EQ(parse_output("type=image,push=true"), (Output{.kind = Output::Kind::image, .push = true}));
  EXPECT_EQ(parse_output("type=registry,registry.insecure=1"),
            (Output{.kind = Output::Kind::image, .push = true, .keep = false, .insecure_registry = true}));
}

TEST(OutputTest, FieldsInQuotesHaveCommas) {
  const Output output = parse_output(R"(type=image,"name=a,b:2")");
  ASSERT_EQ(output.names.size(), 2);
  EXPECT_EQ(output.names[1].str(), "docker.io/library/b:2");
  EXPECT_EQ(parse_output(R"(type=tar,"dest=a"",b")").destination, "a\",b");
}

TEST(OutputTest, WhatIsRefused) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "empty"},
      {"type=zip", "type is local"},
      {"dest=x", "no type"},
      {"type=oci,nonsense=1", "takes no 'nonsense'"},
      {"type=local,compression=gzip,dest=x", "takes no 'compression'"},
      {"type=image,dest=x", "takes no 'dest'"},
      {"type=tar,rewrite-timestamp=true", "takes no 'rewrite-timestamp'"},
      {"type=local", "directory is needed"},
      {"type=local,dest=-", "directory is needed"},
      {"type=oci,tar=false", "directory is needed"},
      {"type=oci,tar=maybe", "true or false"},
      {"type=tar,dest=a,dest=b", "given twice"},
      {"type=tar,dest=", "dest is empty"},
      {"type=oci,compression=lz", "gzip or zstd"},
      {"type=oci,flag", "not KEY=VALUE"},
      {"type=image,name=UPPER CASE", "-o"},
  };
  for (const auto& [text, message] : cases) {
    try {
      (void)parse_output(text);
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.exit(), Exit::usage) << text;
      EXPECT_NE(std::string(error.what()).find(message), std::string::npos) << error.what();
    }
  }
}

}  // namespace
}  // namespace husk::build
