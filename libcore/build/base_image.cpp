#include "libcore/build/base_image.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/run_program.hpp"
#include "libcore/oci/reference.hpp"

#include <unistd.h>
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

std::string first_line(std::string_view text) {
  constexpr std::string_view prefix = "husk-pull: ";
  if (text.starts_with(prefix)) text.remove_prefix(prefix.size());
  return std::string(text.substr(0, text.find('\n')));
}

}  // namespace

const BaseImage& BaseImages::get(const std::string& name) {
  if (const auto found = images_.find(name); found != images_.end()) return found->second;
  auto tag = store::find_image_if_any(session_->store(), name);
  if (!tag) {
    const oci::Reference reference = oci::parse_reference(name);
    session_->report({.kind = Event::Kind::note, .text = cat("pulling ", reference.familiar())});
    const ProgramResult pulled =
        run_program({.name = pull_program(),
                     .arguments = {"-q", "--userns", userns_name(session_->map.kind), reference.str()}});
    if (pulled.status.code != 0) {
      throw Error(
          cat("no image ", quote(name), " here, and it can't be pulled: ", first_line(pulled.errors)));
    }
    tag = store::find_image(session_->store(), name);
  }
  oci::ImageConfig config = store::read_config(session_->store(), tag->image_id);
  return images_.emplace(name, BaseImage{tag->image_id, std::move(config)}).first->second;
}

}  // namespace husk::build
