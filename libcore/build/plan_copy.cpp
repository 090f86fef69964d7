#include "libcore/build/copy_step.hpp"

#include "libcore/base/error.hpp"
#include "libcore/dockerfile/change_mode.hpp"
#include "libcore/runtime/user.hpp"

namespace husk::build {
namespace {

using dockerfile::Copy;
using dockerfile::SyntaxError;
using dockerfile::Word;

// One sum can't be that of several sources.
Word expand_checksum(const Copy& copy, const Scope& scope) {
  Word checksum{scope.expand(copy.checksum), copy.checksum.at};
  if (!checksum.empty() && copy.sources.size() != 1)
    throw SyntaxError(copy.checksum.at, "checksum can't be specified for multiple sources");
  return checksum;
}

std::string expand_mode(const Word& word, const Scope& scope) {
  std::string mode = scope.expand(word);
  try {
    if (!mode.empty()) (void)dockerfile::change_mode(0644, mode);
  } catch (const Error& error) {
    throw SyntaxError(word.at, error.what());
  }
  return mode;
}

std::string expand_owner(const Word& word, const Scope& scope) {
  std::string owner = scope.expand(word);
  try {
    if (!owner.empty()) (void)runtime::parse_user(owner);
  } catch (const Error& error) {
    throw SyntaxError(word.at, error.what());
  }
  return owner;
}

}  // namespace

CopyStep plan_copy(const Copy& copy, const dockerfile::Instruction& instruction, const Scope& scope,
                   const ImageState& state) {
  const Word checksum = expand_checksum(copy, scope);
  CopyStep step;
  step.keyword = instruction.keyword;
  step.at = instruction.at;
  step.chown = expand_owner(copy.chown, scope);
  step.chmod = expand_mode(copy.chmod, scope);
  step.unpack = copy.add && copy.unpack.value_or(true);
  step.parents = copy.parents;
  step.link = copy.link;
  for (const Word& pattern : copy.exclude) step.exclude.push_back(scope.expand(pattern));
  step.history = instruction.keyword;
  for (const Copy::Source& source : copy.sources) {
    if (source.heredoc) {
      const Word body{source.heredoc->chomped(), source.heredoc->at};
      step.texts.push_back({source.path.text, source.heredoc->expand ? scope.expand_text(body) : body.text});
      step.history += cat(" <<", source.path.text);
    } else {
      Word path{scope.expand(source.path), source.path.at};
      step.history += cat(" ", without_credentials(path.text));
      if (auto part = plan_remote_part(copy, path, checksum))
        step.remote.emplace(step.patterns.size(), std::move(*part));
      step.patterns.push_back(std::move(path));
    }
  }
  if (!checksum.empty() && step.remote.empty())
    throw SyntaxError(checksum.at, "checksum requires HTTP(S) or git sources");
  const std::string destination = scope.expand(copy.destination);
  step.destination = resolve_in_image(state.config, destination.empty() ? "." : destination);
  step.history += cat(" ", destination, " # buildkit");
  if (copy.sources.size() > 1 && !step.destination.ends_with('/')) {
    throw SyntaxError(copy.destination.at, cat("When using ", step.keyword,
                                               " with more than one source file, the destination must be "
                                               "a directory and end with a /"));
  }
  return step;
}

}  // namespace husk::build
