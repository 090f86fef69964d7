#pragma once

#include "libcore/build/base_image.hpp"
#include "libcore/build/context.hpp"
#include "libcore/build/copy_step.hpp"
#include "libcore/build/image_state.hpp"
#include "libcore/build/layer_stack.hpp"
#include "libcore/build/stages.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace husk::build {

/// A stage that is built: the image that it is.
struct StageResult {
  oci::ImageConfig config;  // with the diff ids of its layers
  std::string key;
};

/// What the stages of one build share.
struct Workshop {
  const Session& session;
  const dockerfile::Dockerfile& file;
  const Variables& global;
  const oci::Platform& platform;
  Context& context;
  BaseImages& images;
  std::map<std::size_t, StageResult> built = {};
  std::size_t step = 0;   // that was begun last
  std::size_t steps = 0;  // all
};

/// Builds one stage, instruction after instruction.
class StageBuilder {
 public:
  StageBuilder(Workshop& workshop, std::size_t stage, const Origin& base);

  /// Throws Error with the place in the Dockerfile. Layers that are complete by then are in the cache.
  StageResult build();

 private:
  void start();
  void execute(const dockerfile::Instruction& instruction);
  void execute_checked(const dockerfile::Instruction& instruction);
  void run_triggers();
  void run(const dockerfile::Run& run);
  void copy(const dockerfile::Copy& copy, const dockerfile::Instruction& instruction);
  void workdir(const dockerfile::Workdir& workdir);

  // A step that may change files: found in the cache, or made by MAKE on a fresh layer.
  using Make = std::function<std::vector<archive::RecordedOwner>(const runtime::Rootfs& rootfs)>;
  void file_step(StepKey key, const std::string& history, const Make& make);
  void make_step(const std::string& key, const std::string& note, const Make& make);

  std::optional<CopySource> find_copy_source(const dockerfile::Copy& copy);
  enum class Changes : std::uint8_t { nothing, files };
  void add_history(const std::string& text, const std::string& time, Changes changes);
  void report(Event::Kind kind, double seconds = 0) const;

  Workshop& shop_;
  const Session& session_;
  const dockerfile::Stage& stage_;
  const Origin& base_;
  Scope scope_;
  ImageState state_;
  LayerStack layers_;
  std::string time_;   // of the newest layer
  std::string title_;  // of the step at hand
};

/// "RUN npm install": an instruction on one line, shortened.
std::string title_of(const dockerfile::Instruction& instruction);

}  // namespace husk::build
