#include "libcore/dockerfile/globals.hpp"

#include <algorithm>

namespace husk::dockerfile {
namespace {

void define(Globals& globals, GlobalArgument argument) {
  if (argument.value) globals.values[argument.name] = *argument.value;
  const auto known = std::find_if(globals.arguments.begin(), globals.arguments.end(),
                                  [&](const GlobalArgument& each) { return each.name == argument.name; });
  if (known == globals.arguments.end()) {
    globals.arguments.push_back(std::move(argument));
    return;
  }
  // "ARG a=$a/x" needs what the "a" before it needed.
  if (argument.needs.erase(argument.name) != 0)
    argument.needs.insert(known->needs.begin(), known->needs.end());
  *known = std::move(argument);
}

}  // namespace

const GlobalArgument* Globals::find(std::string_view name) const {
  const auto found = std::find_if(arguments.begin(), arguments.end(),
                                  [&](const GlobalArgument& each) { return each.name == name; });
  return found == arguments.end() ? nullptr : &*found;
}

Globals evaluate_globals(const Dockerfile& file, const Variables& build_arguments,
                         const Variables& predefined) {
  Globals globals{predefined};
  for (auto& [name, value] : globals.values) {
    if (const auto given = build_arguments.find(name); given != build_arguments.end()) value = given->second;
  }
  for (const Instruction& instruction : file.global_args) {
    for (const Arg::Item& item : std::get<Arg>(instruction.what).items) {
      GlobalArgument argument{&instruction, item.name.text};
      if (const auto given = build_arguments.find(argument.name); given != build_arguments.end()) {
        argument.value = given->second;
      } else if (item.value) {
        Expansion expansion = expand_word(*item.value, globals.values, {.escape = file.escape});
        argument.value = std::move(expansion.text);
        argument.needs = std::move(expansion.matched);
      }
      define(globals, std::move(argument));
    }
  }
  return globals;
}

}  // namespace husk::dockerfile
