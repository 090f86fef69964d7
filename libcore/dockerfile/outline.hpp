#pragma once

#include "libcore/dockerfile/evaluate.hpp"

#include <string>
#include <vector>

namespace husk::dockerfile {

/// What a build of one stage takes from outside, in the order of the lines.
struct Outline {
  struct Argument {
    std::string name;
    std::string description;
    std::string value;  // its default, or what was given
    int first_line = 0, last_line = 0;
  };
  struct Secret {
    std::string name;
    bool required = false;
    int first_line = 0, last_line = 0;
  };
  std::string name;  // of the stage
  std::string description;
  std::vector<Argument> arguments = {};
  std::vector<Secret> secrets = {};
  std::vector<Secret> agents = {};  // SSH
};

/// Of the stage TARGET and those of WORLD.stages, which it needs.
Outline make_outline(const Dockerfile& file, std::size_t target, const World& world,
                     Diagnostics& diagnostics);

/// The text behind NAME in the line of COMMENTS that begins with it, else "".
std::string description_of(const std::vector<std::string>& comments, std::string_view name);

}  // namespace husk::dockerfile
