#pragma once

#include "libcore/build/image_state.hpp"
#include "libcore/build/run_mounts.hpp"
#include "libcore/build/session.hpp"
#include "libcore/build/step_key.hpp"
#include "libcore/runtime/rootfs.hpp"

#include <optional>
#include <string>
#include <vector>

namespace husk::build {

/// What a RUN executes, after shell form, heredocs and options have been worked out.
struct RunOrder {
  std::vector<std::string> arguments;
  std::vector<std::string> environment;      // of the image, the ARGs and the proxies
  std::vector<std::string> key_environment;  // without the proxies
  std::string user;
  std::string working_directory;
  runtime::Network network = runtime::Network::private_network;
  std::optional<dockerfile::Heredoc> script = {};  // "RUN <<EOF" whose body begins with "#!"
  std::vector<MountOrder> mounts = {};
  std::vector<std::string> devices = {};  // paths, and oci::DeviceName
  std::string host_name;
  std::string shell = {};  // of the image
  std::string history;
};

/// Throws SyntaxError for what husk-build can't do. What the mounts show is to be found out by the caller.
RunOrder plan_run(const dockerfile::Run& run, const Scope& scope, const ImageState& state,
                  const Options& options);

void add_to_key(StepKey& key, const RunOrder& order, const Options& options, const oci::Platform& platform);

/// Runs it on ROOTFS, whose upper directory then holds what it changed and nothing else. The command has the
/// standard output and standard error of this process. Throws Error "exit code N" if it fails,
/// and one with exit not_executable if the kernel can't execute it.
void execute_run(const Session& session, const RunOrder& order, const runtime::Rootfs& rootfs);

}  // namespace husk::build
