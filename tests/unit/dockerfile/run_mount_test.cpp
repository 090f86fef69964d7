#include "libcore/dockerfile/run_mount.hpp"

#include <gtest/gtest.h>

using namespace husk::dockerfile;
using Type = RunMount::Type;

namespace {

RunMount mount(const std::string& text) {
  return parse_run_mount({text, {1, 1}}, [](const Word& value) {
    return value.text == "$x" ? std::string("/value,of=x") : value.text;
  });
}

template <class Function>
std::string mount_error(const Function& function) {
  try {
    function();
  } catch (const SyntaxError& error) {
    return husk::cat(error.at().column, ": ", error.what());
  }
  return "";
}

}  // namespace

TEST(RunMount, Defaults) {
  const RunMount bind = mount("target=x");
  EXPECT_EQ(bind.type, Type::bind);
  EXPECT_EQ(bind.target, "x");
  EXPECT_TRUE(bind.read_only);
  EXPECT_EQ(bind.id, "");

  const RunMount cache = mount("type=cache,target=/var//cache/");
  EXPECT_EQ(cache.id, "/var/cache");
  EXPECT_FALSE(cache.read_only);
  EXPECT_EQ(cache.sharing, RunMount::Sharing::shared);

  EXPECT_FALSE(mount("type=tmpfs,target=/t").read_only);
  EXPECT_EQ(mount("type=ssh").id, "default");

  const RunMount secret = mount("type=secret,id=dir/key");
  EXPECT_EQ(secret.id, "dir/key");
  EXPECT_EQ(secret.target, "/run/secrets/key");
  EXPECT_EQ(mount("type=secret,target=/etc/.npmrc").id, ".npmrc");
  EXPECT_EQ(mount("type=secret,src=key").id, "key");
  EXPECT_EQ(mount("type=secret,src=key").source, "");
  const RunMount variable = mount("type=secret,id=key,env=KEY");
  EXPECT_EQ(variable.env, "KEY");
  EXPECT_EQ(variable.target, "");
}

TEST(RunMount, EveryOption) {
  const RunMount bind = mount("From=base,SRC=/a,dst=/b,rw");
  EXPECT_EQ(bind.from, "base");
  EXPECT_EQ(bind.source, "/a");
  EXPECT_EQ(bind.target, "/b");
  EXPECT_FALSE(bind.read_only);
  EXPECT_TRUE(mount("target=/b,rw=false").read_only);
  EXPECT_TRUE(mount("type=cache,target=/b,ro").read_only);
  EXPECT_FALSE(mount("destination=/b,readonly=0").read_only);

  const RunMount cache =
      mount("type=CACHE,id=i,target=/c,sharing=Locked,mode=0700,uid=1,gid=2,from=f,source=s");
  EXPECT_EQ(cache.id, "i");
  EXPECT_EQ(cache.sharing, RunMount::Sharing::locked);
  EXPECT_EQ(cache.mode, 0700U);
  EXPECT_EQ(cache.uid, 1U);
  EXPECT_EQ(cache.gid, 2U);
  EXPECT_EQ(mount("type=cache,target=/c,sharing=private").sharing, RunMount::Sharing::own);

  EXPECT_EQ(mount("type=tmpfs,target=/t,size=64m").size, 64U << 20);
  EXPECT_TRUE(mount("required,type=secret,id=s").required);  // in any order
  EXPECT_FALSE(mount("type=ssh,required=false").required);
  EXPECT_EQ(mount("\"target=/a,b\"").target, "/a,b");
}

TEST(RunMount, VariablesAreReplacedAfterTheOptionsWereToldApart) {
  EXPECT_EQ(mount("target=$x").target, "/value,of=x");
  EXPECT_EQ(mount("target=/a,id=$x").id, "/value,of=x");
}

TEST(RunMount, Errors) {
  const std::vector<std::pair<std::string, std::string>> table = {
      {"type=cahce", "6: unsupported mount type \"cahce\" (did you mean cache?)"},
      {"type=bind,tarmac=/x", "11: unexpected key 'tarmac' in 'tarmac=/x'"},
      {"tagret=/x", "1: unexpected key 'tagret' in 'tagret=/x' (did you mean target?)"},
      {"target", "1: invalid field 'target' must be a key=value pair"},
      {"", "1: unexpected key '' in ''"},
      {"type=cache,sharing=lokced", "20: unsupported sharing value \"lokced\" (did you mean locked?)"},
      {"type=bind,sharing=shared", "11: invalid cache sharing set for bind mount"},
      {"type=bind,required", "11: unexpected key 'required' for mount type 'bind'"},
      {"type=cache,size=1m", "12: unexpected key 'size' for mount type 'cache'"},
      {"type=tmpfs,size=big", "17: invalid value for size: 'big'"},
      {"type=tmpfs,mode=0700", "12: mode not allowed for \"tmpfs\" type mounts"},
      {"uid=1", "1: uid not allowed for \"bind\" type mounts"},
      {"type=ssh,gid=x", "14: invalid value 'x' for gid"},
      {"type=ssh,mode=9", "15: invalid value '9' for mode"},
      {"ro=maybe", "4: invalid value for readonly: 'maybe'"},
      {"type=secret", "1: invalid secret mount. one of source, target required"},
      {"type=secret,src=a,id=b", "1: both source and id can't be set"},
      {"type=secret,id=a,from=b", "18: secret mount should not have a from"},
      {"from=$a,target=/x", "6: 'from' doesn't support variable expansion, define alias stage instead"},
      {"target=\"x", "1: failed to parse csv mounts: a quote inside a field"},
      {"\"target=x", "1: failed to parse csv mounts: a quote that is not closed"},
  };
  for (const auto& [text, expected] : table) {
    EXPECT_EQ(mount_error([&, &input = text] { (void)mount(input); }), expected) << text;
    EXPECT_EQ(mount_error([&, &input = text] { check_run_mount({input, {1, 1}}); }), expected) << text;
  }
}

TEST(RunMount, WhatHoldsAVariableIsCheckedLater) {
  EXPECT_NO_THROW(check_run_mount({"type=$t,size=$s,mode=$m", {1, 1}}));
  EXPECT_NO_THROW(check_run_mount({"type=secret,id=$i", {1, 1}}));
  EXPECT_EQ(mount_error([] {
              check_run_mount({"type=$t,mode=9", {1, 1}});
            }),
            "14: invalid value '9' for mode");
  EXPECT_EQ(mount_error([] {
              check_run_mount({"type=cache,size=$s", {1, 1}});
            }),
            "12: unexpected key 'size' for mount type 'cache'");
}
