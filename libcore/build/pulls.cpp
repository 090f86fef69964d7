#include "libcore/build/pulls.hpp"

#include "libcore/oci/reference.hpp"

#include <unistd.h>
#include <algorithm>
#include <csignal>
#include <filesystem>

namespace husk::build {
namespace {

// The husk-pull that was installed with this husk-build.
std::string pull_program() {
  std::error_code failed;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", failed);
  const auto beside = self.parent_path() / "husk-pull";
  return !failed && ::access(beside.c_str(), X_OK) == 0 ? beside.string() : "husk-pull";
}

std::string userns_name(userns::MapKind kind) { return kind == userns::MapKind::single ? "single" : "subid"; }

// Its lines without its name, the hint told apart.
Error pull_error(const std::string& name, std::string_view said) {
  constexpr std::string_view prefix = "husk-pull: ", hint = "hint: ";
  std::string why, hints;
  while (!said.empty()) {
    std::string_view line = said.substr(0, said.find('\n'));
    said.remove_prefix(std::min(said.size(), line.size() + 1));
    if (line.starts_with(prefix)) line.remove_prefix(prefix.size());
    if (line.starts_with(hint)) {
      hints = line.substr(hint.size());
    } else if (why.empty()) {
      why = line;
    }
  }
  Error error(cat("no image ", quote(name), " here, and it can't be pulled: ", why));
  error.set_hint(hints);
  return error;
}

}  // namespace

Pulls::~Pulls() {
  for (auto& [name, pull] : pulls_) {
    if (!pull.program) continue;
    // SIGKILL would leave its lease for the next collection of garbage.
    pull.program->signal(SIGTERM);
    try {
      (void)pull.program->finish();
    } catch (const Error&) {
      // It is gone all the same.
    }
  }
}

void Pulls::want(const std::string& name) {
  if (pulls_.contains(name)) return;
  Pull& pull = pulls_[name];
  try {
    if (images_.find(name) != nullptr) return;
    const oci::Reference reference = oci::parse_reference(name);
    session_.report({.kind = Event::Kind::pulling, .text = name});
    pull.program.emplace(
        Program{.name = pull_program(),
                .arguments = {"-q", "--userns", userns_name(session_.map.kind), reference.str()}});
  } catch (const Error& error) {
    pull.failure = error;
  }
}

bool Pulls::is_here(const std::string& name) {
  const auto found = pulls_.find(name);
  if (found != pulls_.end()) {
    if (found->second.failure) throw Error(*found->second.failure);
    if (found->second.program) return false;
  }
  return images_.find(name) != nullptr;
}

bool Pulls::running() const noexcept {
  return std::any_of(pulls_.begin(), pulls_.end(),
                     [](const auto& each) { return each.second.program.has_value(); });
}

void Pulls::add_to(std::vector<pollfd>& waiting) const {
  for (const auto& [name, pull] : pulls_) {
    if (!pull.program) continue;
    for (const int fd : {pull.program->output(), pull.program->errors()}) {
      if (fd >= 0) waiting.push_back({fd, POLLIN, 0});
    }
  }
}

void Pulls::read() {
  for (auto& [name, pull] : pulls_) {
    if (!pull.program) continue;
    pull.program->read();
    if (pull.program->output() < 0 && pull.program->errors() < 0) finish(name, pull);
  }
}

void Pulls::finish(const std::string& name, Pull& pull) {
  const ProgramResult result = pull.program->finish();
  pull.program.reset();
  const std::string_view output = result.output;
  const auto id = oci::Digest::parse(output.substr(0, output.find('\n')));
  if (result.status.code != 0 || !id) {
    pull.failure = pull_error(name, result.errors);
    return;
  }
  images_.add(name, *id);
  session_.report({.kind = Event::Kind::pulled, .text = name});
}

}  // namespace husk::build
