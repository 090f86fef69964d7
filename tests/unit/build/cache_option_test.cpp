#include "libcore/build/cache_option.hpp"

#include "libcore/base/error.hpp"

#include <gtest/gtest.h>

namespace husk::build {
namespace {

using Mode = CacheTarget::Mode;

TEST(CacheOptionTest, Targets) {
  const CacheTarget name = parse_cache_target("example.com/me/cache");
  EXPECT_EQ(name.place->reference->str(), "example.com/me/cache:latest");
  EXPECT_EQ(name.mode, Mode::min);
  const CacheTarget registry = parse_cache_target(
      "type=registry,ref=example.com/c:1,mode=max,compression=zstd,registry.insecure=true,"
      "oci-mediatypes=true,image-manifest=true,ignore-error=1");
  EXPECT_EQ(registry.place->reference->str(), "example.com/c:1");
  EXPECT_TRUE(registry.place->insecure && registry.may_fail);
  EXPECT_EQ(registry.mode, Mode::max);
  EXPECT_EQ(registry.compression, archive::Compression::zstd);
  const CacheTarget local = parse_cache_target("type=local,dest=d,tag=t");
  EXPECT_FALSE(local.place->reference);
  EXPECT_EQ(local.place->layout.directory, "d");
  EXPECT_EQ(local.place->layout.tag, "t");
  EXPECT_FALSE(parse_cache_target("type=inline").place);
}

TEST(CacheOptionTest, Sources) {
  EXPECT_EQ(parse_cache_source("me/app:v1").reference->str(), "docker.io/me/app:v1");
  EXPECT_EQ(parse_cache_source("type=registry,ref=example.com/c").reference->str(), "example.com/c:latest");
  EXPECT_EQ(parse_cache_source("type=local,src=d").layout.tag, "latest");
}

TEST(CacheOptionTest, WhatIsRefused) {
  const std::pair<const char*, const char*> targets[] = {
      {"", "name is needed"},
      {"dest=d", "no type"},
      {"type=gha", "local, registry or inline"},
      {"type=local", "dest=DIRECTORY"},
      {"type=local,src=d", "dest=DIRECTORY"},
      {"type=local,dest=d,mode=most", "min or max"},
      {"type=registry", "ref=HOST/NAME"},
      {"type=registry,ref=a,image-manifest=false", "not supported"},
      {"type=registry,ref=a,dest=d", "takes no 'dest'"},
      {"type=inline,mode=max", "another type"},
      {"type=inline,ref=a", "takes no 'ref'"},
  };
  for (const auto& [text, message] : targets) {
    try {
      (void)parse_cache_target(text);
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.exit(), Exit::usage) << text;
      EXPECT_NE(std::string(error.what()).find(message), std::string::npos) << error.what();
    }
  }
  for (const char* const text :
       {"", "type=inline", "type=s3", "type=local,dest=d", "type=local,src=d,mode=max"})
    EXPECT_THROW((void)parse_cache_source(text), Error) << text;
}

}  // namespace
}  // namespace husk::build
