#include "libcore/build/pulls.hpp"

#include "libcore/build/image_key.hpp"
#include "libcore/oci/reference.hpp"

#include <unistd.h>
#include <algorithm>
#include <charconv>
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

// A number of the object that a line of --progress=json is; transfer::print_json().
std::optional<std::uint64_t> find_number(std::string_view line, std::string_view name) {
  const std::string key = cat("\"", name, "\":");
  const auto at = line.find(key);
  if (at == std::string_view::npos) return std::nullopt;
  std::uint64_t number = 0;
  const char* const begin = line.data() + at + key.size();
  const bool good = std::from_chars(begin, line.data() + line.size(), number).ec == std::errc();
  return good ? std::optional(number) : std::nullopt;
}

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
    // SIGKILL would leave what it has begun for the next collection of garbage.
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
    if (!session_.options.pull && images_.find(name) != nullptr) return;
    const ImageKey key = parse_image_key(name);
    const oci::Reference reference = oci::parse_reference(key.name);
    std::vector<std::string> arguments = {"--progress=json", "--userns", userns_name(session_.map.kind)};
    // The name stays that of this machine's.
    if (key.platform) arguments.insert(arguments.end(), {"--untagged", "--platform", key.platform->str()});
    arguments.push_back(reference.str());
    session_.report({.kind = Event::Kind::pulling, .text = name});
    pull.program.emplace(Program{.name = pull_program(), .arguments = std::move(arguments)});
    pull.began = std::chrono::steady_clock::now();
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
    hear(name, pull);
    if (pull.program->output() < 0 && pull.program->errors() < 0) finish(name, pull);
  }
}

void Pulls::hear(const std::string& name, Pull& pull) {
  pull.line += pull.program->take_errors();
  for (std::size_t end = 0; (end = pull.line.find('\n')) != std::string::npos;) {
    const std::string line = pull.line.substr(0, end + 1);
    pull.line.erase(0, end + 1);
    if (!line.starts_with('{')) {
      pull.said += line;
    } else if (const auto bytes = find_number(line, "bytes")) {
      session_.report({.kind = Event::Kind::pulling,
                       .text = name,
                       .bytes = *bytes,
                       .total = find_number(line, "total").value_or(0)});
    }
  }
}

void Pulls::finish(const std::string& name, Pull& pull) {
  const ProgramResult result = pull.program->finish();
  pull.program.reset();
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - pull.began).count();
  const std::string_view output = result.output;
  const auto id = oci::Digest::parse(output.substr(0, output.find('\n')));
  if (result.status.code != 0 || !id) {
    pull.failure = pull_error(name, pull.said + pull.line);
    return;
  }
  try {
    (void)images_.add(name, *id);
  } catch (const Error& error) {
    pull.failure = error;
    return;
  }
  session_.report({.kind = Event::Kind::pulled, .text = name, .seconds = seconds});
}

}  // namespace husk::build
