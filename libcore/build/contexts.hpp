#pragma once

#include "libcore/build/base_image.hpp"
#include "libcore/build/context.hpp"
#include "libcore/build/context_source.hpp"
#include "libcore/build/session.hpp"
#include "libcore/build/stages.hpp"
#include "libcore/dockerfile/source.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace husk::build {

/// What a build reads files from: the Dockerfile, its context, and the directories of --build-context.
class Contexts {
 public:
  /// Brings the context here if it is no directory, and reads the Dockerfile.
  explicit Contexts(const Session& session);
  Contexts(const Contexts&) = delete;

  const dockerfile::Source& dockerfile() const noexcept { return *dockerfile_; }
  Context& main() noexcept { return *main_; }

  /// The directory that --build-context gives NAME, brought here when it is asked for first. Null if it gives
  /// NAME none.
  Context* find(std::string_view name);

  /// Brings all that PLAN needs of --build-context, directories and images in layouts, here, and tells IMAGES
  /// about the latter.
  void bring(const StagePlan& plan, BaseImages& images);

  void save_hashes();

  /// What came from URLs so far: Materials::remote.
  const std::map<std::string, std::string>& remote() const noexcept { return remote_; }

 private:
  void read_main();
  BroughtContext bring(const RemoteSource& source);

  const Session& session_;
  std::unique_ptr<Context> main_;
  std::optional<dockerfile::Source> dockerfile_;
  std::map<std::string, std::unique_ptr<Context>, std::less<>> directories_;
  std::map<std::string, std::string> remote_;
};

}  // namespace husk::build
