#include "libcore/build/run_step.hpp"

#include <gtest/gtest.h>

using namespace husk;
using namespace husk::build;

namespace {

/// The last RUN of a Dockerfile, planned as in a build.
struct Planned {
  explicit Planned(const std::string& text, Options build_options = {}) : options(std::move(build_options)) {
    const auto file = dockerfile::parse_dockerfile(dockerfile::Source("Dockerfile", text));
    const Variables global =
        global_scope(file, options.arguments, {{"linux", "amd64", ""}, {"linux", "amd64", ""}});
    Scope scope(global, options.arguments, file.escape);
    for (const auto& instruction : file.stages.back().instructions) {
      if (const auto* run = std::get_if<dockerfile::Run>(&instruction.what)) {
        order = plan_run(*run, scope, state, options);
      } else if (const auto* workdir = std::get_if<dockerfile::Workdir>(&instruction.what)) {
        state.config.working_dir = workdir->path.text;
      } else {
        (void)apply_to_config(instruction, scope, state);
      }
    }
  }
  std::string key() const {
    StepKey key("parent", "RUN");
    add_to_key(key, order, options, {"linux", "amd64", ""});
    return key.finish();
  }

  Options options;
  ImageState state;
  RunOrder order;
};

std::string key_of(const std::string& text, const Options& options = {}) {
  return Planned(text, options).key();
}

std::string failure(const std::string& text) try {
  (void)Planned(text);
  return "";
} catch (const Error& error) {
  const std::string message = error.what();
  return message.substr(0, message.find('\n'));
}

Options with_arguments(Variables arguments) {
  Options options;
  options.arguments = std::move(arguments);
  return options;
}

using Words = std::vector<std::string>;

}  // namespace

TEST(PlanRun, ShellExecAndHeredocs) {
  EXPECT_EQ(Planned("FROM a\nRUN echo  \"$x\"\n").order.arguments, (Words{"/bin/sh", "-c", "echo  \"$x\""}));
  EXPECT_EQ(Planned("FROM a\nRUN [\"echo\", \"$x\"]\n").order.arguments, (Words{"echo", "$x"}));
  EXPECT_EQ(Planned("FROM a\nSHELL [\"/bin/bash\", \"-ec\"]\nRUN x\n").order.arguments,
            (Words{"/bin/bash", "-ec", "x"}));
  EXPECT_EQ(Planned("FROM a\nRUN <<EOF\nset -e\n\techo $x\nEOF\n").order.arguments.back(),
            "set -e\n\techo $x\n");
  EXPECT_EQ(Planned("FROM a\nRUN <<-EOF\n\techo\n\tEOF\n").order.arguments.back(), "echo\n");
  EXPECT_EQ(Planned("FROM a\nRUN cat <<A 3<<-B\none\nA\n\ttwo\nB\n").order.arguments.back(),
            "cat <<A 3<<-B\none\nA\n\ttwo\nB");
  const Planned script("FROM a\nRUN <<EOF\n#!/usr/bin/env python3\nprint(1)\nEOF\n");
  ASSERT_TRUE(script.order.script);
  EXPECT_EQ(script.order.arguments, (Words{"/bin/sh", "-c", "/.husk-script/EOF"}));
}

TEST(PlanRun, EnvironmentAndHistory) {
  const Planned run("FROM a\nENV E=1\nARG A=2\nARG B\nARG E=hidden\nRUN x\n",
                    with_arguments({{"HTTP_PROXY", "http://u:p@h"}, {"B", "3"}}));
  EXPECT_EQ(run.order.key_environment, (Words{"E=1", "A=2", "B=3"}));
  EXPECT_EQ(run.order.environment, (Words{"E=1", "A=2", "B=3", "HTTP_PROXY=http://u:p@h"}));
  EXPECT_EQ(run.order.history, "RUN |2 A=2 B=3 /bin/sh -c x # buildkit");
  EXPECT_EQ(Planned("FROM a\nRUN [\"x\", \"y\"]\n").order.history, "RUN x y # buildkit");
}

TEST(PlanRun, Mounts) {
  const Planned run(
      "FROM a\nWORKDIR /place\nARG dir=cache\n"
      "RUN --mount=type=cache,target=$dir/../c --mount=source=../../x,target=/abs/ --mount=type=ssh "
      "--mount=type=ssh,id=two --mount=type=secret,id=s,env=S --mount=type=secret,id=t,target=rel true\n");
  Words targets, sources;
  for (const MountOrder& each : run.order.mounts) {
    targets.push_back(each.mount.target);
    sources.push_back(each.mount.source);
  }
  EXPECT_EQ(targets, (Words{"/place/c", "/abs", "/run/buildkit/ssh_agent.0", "/run/buildkit/ssh_agent.1", "",
                            "/place/rel"}));
  EXPECT_EQ(sources[1], "/x");
  EXPECT_EQ(run.order.mounts[0].mount.id, "c");
  const Planned space(
      "FROM a\nRUN --mount=type=cache,target=/c true\n",
      with_arguments({{"BUILDKIT_CACHE_MOUNT_NS", "mine"}, {"BUILDKIT_SANDBOX_HOSTNAME", "box"}}));
  EXPECT_EQ(space.order.mounts[0].mount.id, "mine//c");
  EXPECT_EQ(space.order.host_name, "box");
  for (const char* target : {"/", "/..", "."})
    EXPECT_EQ(failure(cat("FROM a\nRUN --mount=target=", target, " true\n")), "invalid mount target \"/\"");
}

TEST(PlanRun, DevicesHaveToBeAllowed) {
  const std::string text = "FROM a\nRUN --device=/dev/../dev/fuse,required --device=/dev/fuse x\n";
  EXPECT_EQ(failure(text), "the device '/dev/fuse' has to be allowed");
  Options options;
  add_permission(options.run.allowed, "device=/dev/fuse");
  EXPECT_EQ(Planned(text, options).order.devices, Words{"/dev/fuse"});
  EXPECT_NE(key_of(text, options), key_of("FROM a\nRUN x\n", options));
  EXPECT_EQ(failure("FROM a\nRUN --device=/etc/passwd x\n"), "'/etc/passwd' is not below /dev");
  EXPECT_EQ(failure("FROM a\nRUN --device=gpu x\n"), "'gpu' is not the name of a device");
  const std::string named = "FROM a\nRUN --device=vendor.com/gpu=0,required x\n";
  EXPECT_EQ(failure(named), "the device 'vendor.com/gpu=0' has to be allowed");
  add_permission(options.run.allowed, "device=vendor.com/gpu=0");
  EXPECT_EQ(Planned(named, options).order.devices, Words{"vendor.com/gpu=0"});
  EXPECT_NE(key_of(named, options), key_of("FROM a\nRUN x\n", options));
  EXPECT_THROW(add_permission(options.run.allowed, "device=gpu"), Error);
}

TEST(PlanRun, Refusals) {
  EXPECT_EQ(failure("FROM a\nRUN --security=insecure x\n"),
            "--security=insecure is never granted; only sandbox is");
  EXPECT_EQ(failure("FROM a\nRUN --network=host x\n"), "RUN --network=host has to be allowed");
}

// reference/build.md 1.6, column D.
TEST(RunKey, WhatCounts) {
  const std::string base = "FROM a\nENV e=1\nARG g=1\nWORKDIR /w\nUSER u\nRUN x\n";
  const auto replaced = [&](const std::string& from, const std::string& to) {
    std::string text = base;
    text.replace(text.find(from), from.size(), to);
    return text;
  };
  for (const auto& [from, to] :
       std::vector<std::pair<std::string, std::string>>{{"RUN x", "RUN y"},
                                                        {"RUN x", "RUN [\"x\"]"},
                                                        {"e=1", "e=2"},
                                                        {"g=1", "g=2"},
                                                        {"/w", "/v"},
                                                        {"USER u", "USER v"},
                                                        {"RUN x", "SHELL [\"/bin/bash\", \"-c\"]\nRUN x"},
                                                        {"RUN x", "RUN --network=none x"},
                                                        {"RUN x", "RUN --mount=target=/m x"},
                                                        {"RUN x", "RUN --mount=type=cache,target=/m x"},
                                                        {"RUN x", "RUN --mount=type=tmpfs,target=/m x"},
                                                        {"RUN x", "RUN --mount=type=secret,id=m x"},
                                                        {"RUN x", "RUN --mount=type=ssh x"}}) {
    EXPECT_NE(key_of(replaced(from, to)), key_of(base)) << to;
  }
  EXPECT_NE(key_of(base, with_arguments({{"g", "3"}})), key_of(base));
  Options other;
  other.run.limits = {runtime::parse_limit("nofile=9")};
  EXPECT_NE(key_of(base, other), key_of(base));
}

TEST(RunKey, WhatDoesNot) {
  const std::string base = "FROM a\nRUN x\n";
  EXPECT_EQ(key_of("FROM a\nLABEL l=1\nEXPOSE 1\nCMD c\nENTRYPOINT e\nVOLUME /v\nSTOPSIGNAL 9\n"
                   "HEALTHCHECK CMD true\nMAINTAINER m\nONBUILD RUN y\nRUN x\n"),
            key_of(base));
  EXPECT_EQ(key_of(base, with_arguments({{"http_proxy", "p"}, {"undeclared", "u"}})), key_of(base));
  Options other;
  other.run.secrets = {{.id = "s"}};
  other.run.agents = {{.id = "default", .paths = {}}};
  EXPECT_EQ(key_of(base, other), key_of(base));
  Options one, two;
  one.run.hosts = {{"h", "10.0.0.1"}};
  two.run.hosts = {{"h", "10.0.0.2"}};
  EXPECT_EQ(key_of(base, one), key_of(base, two));
  // Of a cache: neither its id nor how it is shared.
  EXPECT_EQ(key_of("FROM a\nRUN --mount=type=cache,target=/c,id=one x\n"),
            key_of("FROM a\nRUN --mount=type=cache,target=/c,id=two,sharing=locked x\n"));
}

TEST(RunKey, CountsWhatABindShowsAndWhatACacheStartsWith) {
  MountOrder bind{.mount = {.target = "/m"}}, cache{.mount = {.type = dockerfile::RunMount::Type::cache}};
  const auto key_of = [](const MountOrder& order) {
    StepKey key("parent", "RUN");
    add_to_key(key, order);
    return key.finish();
  };
  MountOrder other = bind;
  other.content = "changed";
  EXPECT_NE(key_of(other), key_of(bind));
  other = cache;
  other.source = CopySource{};
  EXPECT_NE(key_of(other), key_of(cache));
  EXPECT_NE(cache_variant(other), cache_variant(cache));
  other = cache;
  other.mount.uid = 5;
  EXPECT_NE(cache_variant(other), cache_variant(cache));
  EXPECT_EQ(cache_variant(cache), "");
}

TEST(RunMounts, LooksForASourceByItsName) {
  EXPECT_EQ(as_copy({.mount = {.source = "/a[1]*?\\b"}}).patterns[0].text, "/a\\[1]\\*\\?\\\\b");
}
