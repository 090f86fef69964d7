#pragma once

#include "libcore/build/base_image.hpp"
#include "libcore/build/contexts.hpp"
#include "libcore/build/copy_step.hpp"
#include "libcore/build/image_state.hpp"
#include "libcore/build/layer_stack.hpp"
#include "libcore/build/run_step.hpp"
#include "libcore/build/stage_result.hpp"
#include "libcore/build/stages.hpp"
#include "libcore/store/containers.hpp"

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace husk::build {

/// What the stages of one build share.
struct Workshop {
  const Session& session;
  const dockerfile::Dockerfile& file;
  const Variables& global;
  const Platforms& platforms;
  Contexts& contexts;
  BaseImages& images;
  // Of each stage: the first instruction after "# husk: squash".
  std::vector<std::optional<std::size_t>> squash_marks = {};
  // With several platforms, what the events call the stages of this one: a number to count from, and a
  // prefix.
  std::size_t first_stage = 0;
  std::string label = {};
  std::map<std::size_t, StageResult> built = {};
};

/// Builds one stage, instruction after instruction. The stages that it needs are built, and its base image is
/// in the store.
class StageBuilder {
 public:
  StageBuilder(Workshop& workshop, const StagePlan& plan, std::size_t stage);
  StageBuilder(const StageBuilder&) = delete;

  enum class Effort : std::uint8_t {
    look_up,  // only what is in the cache, and nothing that takes long or starts a process
    make,
  };
  /// Goes on from where it is. True when all of the stage is done; otherwise, with look_up, a step has to be
  /// made: to be continued, also in a copy of this process. Throws Error with the place in the Dockerfile;
  /// layers that are complete by then are in the cache.
  bool advance(Effort effort);

  /// When all is done.
  StageResult result();

 private:
  void start();
  void add_triggers();
  void add_context();
  void at_place(const dockerfile::Instruction& instruction, const std::function<void()>& body);

  // What is done before the stage's own instructions.
  struct Trigger {
    std::string text;  // "" for what FROM of a directory stands for
    dockerfile::Instruction instruction;
  };

  // These are false if the step has to be made, and was not.
  bool execute(const Trigger& trigger);
  bool execute(const dockerfile::Instruction& instruction);
  bool run(const dockerfile::Run& run);
  bool copy(const dockerfile::Copy& copy, const dockerfile::Instruction& instruction);
  bool workdir(const dockerfile::Workdir& workdir);

  // A step that may change files: found in the cache, or made by MAKE on a fresh layer.
  using Make = std::function<std::vector<archive::RecordedOwner>(const runtime::Rootfs& rootfs)>;
  struct FileStep {
    std::string parts = {};  // of the key, for explain_miss()
    std::string key, note;
    std::string next_key;  // what the steps after it are made on top of
    std::string history, time;
    Make make;
    std::function<std::string()> files = {};  // list_files() of what is copied
    store::ContainerConfig container = {};    // what --keep makes of it if it fails
  };
  // Whether the key says what the layer lies on.
  enum class Parent : std::uint8_t { counts, irrelevant };
  bool file_step(StepKey key, const std::string& history, Make make, Parent parent = Parent::counts,
                 std::function<std::string()> files = {}, store::ContainerConfig container = {});
  bool may_use_cache() const;
  std::optional<store::CacheRecord> find_record(const std::string& key) const;
  bool take_cached(const FileStep& step);
  void make(const FileStep& step);
  void keep(const FileStep& step, const store::PendingLayer& layer);
  void make_layer(const FileStep& step, StepClaim claim);

  std::optional<CopySource> find_copy_source(const dockerfile::Word& from);
  std::optional<CopyContent> examine(const CopyStep& step, const CopySource& source);
  bool examine(MountOrder& order);
  void note_materials(const RunOrder& order);
  void note_materials(const CopyStep& step, const CopyContent& content);
  enum class Changes : std::uint8_t { nothing, files };
  void add_history(const std::string& text, const std::string& time, Changes changes);
  void report(Event::Kind kind, double seconds = 0) const;

  Workshop& shop_;
  const Session& session_;
  const dockerfile::Stage& stage_;
  const Origin& base_;
  const oci::Platform& platform_;
  std::optional<std::size_t> squash_mark_;
  Effort effort_ = Effort::look_up;
  Scope scope_;
  ImageState state_;
  LayerStack layers_;
  std::string time_;  // of the newest layer
  std::vector<std::string> keys_;
  Materials materials_;
  std::optional<std::size_t> unsquashed_;

  std::deque<Trigger> triggers_;
  std::string key_;  // of the step at hand, if it may change files
  bool started_ = false;
  std::size_t next_ = 0;            // of the triggers and instructions
  std::optional<FileStep> missed_;  // what the instruction at next_ has to make
  std::string title_;               // of the step at hand
};

/// "RUN npm install": an instruction on one line, shortened.
std::string title_of(const dockerfile::Instruction& instruction);

}  // namespace husk::build
