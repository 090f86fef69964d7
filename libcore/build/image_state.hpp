#pragma once

#include "libcore/build/scope.hpp"
#include "libcore/oci/image_config.hpp"

#include <string>
#include <vector>

namespace husk::build {

/// The image as far as a stage has got.
struct ImageState {
  oci::ImageConfig config;
  std::string key;          // of the last step that could change files: parent of the next one's
  bool cmd_is_own = false;  // CMD was set in this stage: ENTRYPOINT does not reset it
};

/// "/bin/sh -c", or what SHELL said.
std::vector<std::string> shell_of(const oci::ImageConfig& config);

/// PATH where the image has none.
inline constexpr const char* default_path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// An empty image, as FROM scratch begins with.
oci::ImageConfig scratch_config(const oci::Platform& platform);

/// Sets a variable, in the place of an older value of the same name.
void set_variable(std::vector<std::string>& environment, const std::string& name, const std::string& value);

/// PATH as seen from the image's working directory: absolute and clean; a "/" at its end stays.
std::string resolve_in_image(const oci::ImageConfig& config, const std::string& path);

/// Carries out an instruction that changes nothing but the configuration: ENV, LABEL, ARG, CMD, ENTRYPOINT,
/// EXPOSE, USER, VOLUME, STOPSIGNAL, SHELL, HEALTHCHECK, ONBUILD, MAINTAINER. Returns what the history says
/// of it, or nothing if the instruction is of another kind. Throws SyntaxError.
std::optional<std::string> apply_to_config(const dockerfile::Instruction& instruction, Scope& scope,
                                           ImageState& state);

}  // namespace husk::build
