#pragma once

#include "libcore/dockerfile/globals.hpp"
#include "libcore/dockerfile/run_mount.hpp"

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace husk::dockerfile {

/// What a base image brings with it.
struct BaseFacts {
  Variables environment = {};
  bool has_shell = false;  // SHELL was set in it
  std::vector<std::string> on_build = {};
};

/// What is known besides the Dockerfile.
struct World {
  Variables build_arguments = {};
  Variables predefined = {};      // TARGETPLATFORM and its like
  std::vector<bool> stages = {};  // whose instructions count; empty: all
  /// Nothing for an image that is not here.
  std::function<std::optional<BaseFacts>(const std::string& image)> find_base = {};
  /// An image that is not here sets PATH and nothing else; or nobody can tell, and what goes wrong with a
  /// variable in a stage that comes from it may be right.
  enum class UnknownImage : std::uint8_t {
    sets_nothing,
    sets_anything
  } unknown_image = UnknownImage::sets_nothing;
};

/// A stage as it is before one of its instructions.
struct StageState {
  std::size_t stage = 0;
  Variables environment = {};           // of the base image, ENV, and ARG where none of these hides it
  std::set<std::string> fixed = {};     // names in it that no ARG can change
  std::set<std::string> declared = {};  // ARG
  std::optional<std::string> unknown_base = {};  // the image that it comes from, where nothing is known of it
  bool has_shell = false;
  bool has_workdir = false;  // WORKDIR was said in this Dockerfile
  std::vector<std::string> on_build = {};
};

/// Told what a Dockerfile means while it is gone through, in order. Nothing is carried out.
class Observer {
 public:
  virtual ~Observer() = default;
  /// A FROM; PLATFORM is null where there is none.
  virtual void on_from(const Stage&, const Globals&, const Expansion& image, const Expansion* platform) {
    (void)image, (void)platform;
  }
  /// A word of an instruction that variables were replaced in.
  virtual void on_expanded(const Instruction&, const StageState&, const Expansion&) {}
  /// One name of an ARG. FROM_GLOBAL: its value is that of the one before the first FROM.
  virtual void on_argument(const Instruction&, const StageState&, const Arg::Item&,
                           const std::optional<std::string>& value, bool from_global) {
    (void)value, (void)from_global;
  }
  virtual void on_mount(const Instruction&, const StageState&, const RunMount&) {}
  /// An instruction. WORDS are what variables were replaced in: sources and destination of a COPY, the ports
  /// of EXPOSE, the path of WORKDIR.
  virtual void on_instruction(const Instruction&, const StageState&, const std::vector<std::string>& words) {
    (void)words;
  }
};

/// Goes through FILE. What can't be evaluated of the stages that count goes to DIAGNOSTICS.
void evaluate(const Dockerfile& file, const World& world, Observer& observer, Diagnostics& diagnostics);

}  // namespace husk::dockerfile
