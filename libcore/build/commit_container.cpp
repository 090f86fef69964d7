#include "libcore/build/commit_container.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/list_directory.hpp"
#include "libcore/base/time.hpp"
#include "libcore/build/image_state.hpp"
#include "libcore/dockerfile/instruction.hpp"
#include "libcore/store/copy_layer.hpp"
#include "libcore/store/open_tree.hpp"
#include "libcore/store/recorded_owners.hpp"

#include <algorithm>
#include <array>

namespace husk::build {
namespace {

// docker commit's.
constexpr std::array<std::string_view, 11> known_changes = {
    "CMD",     "ENTRYPOINT", "ENV",  "EXPOSE", "HEALTHCHECK", "LABEL",
    "ONBUILD", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"};

void apply_change(const std::string& text, Scope& scope, ImageState& state) {
  const dockerfile::Instruction instruction =
      dockerfile::parse_instruction(dockerfile::parse_one(text, '\\'));
  if (std::ranges::find(known_changes, instruction.keyword) == known_changes.end()) {
    Error error(cat(instruction.keyword, " can't be used here"));
    std::string all;
    for (const std::string_view each : known_changes)
      all += cat(all.empty() ? "" : each == known_changes.back() ? " or " : ", ", each);
    error.set_hint(cat("a change is ", all));
    throw error;
  }
  if (const auto* const what = std::get_if<dockerfile::Workdir>(&instruction.what)) {
    state.config.working_dir = resolve_in_image(state.config, scope.expand(what->path));
  } else {
    (void)apply_to_config(instruction, scope, state);
  }
}

std::optional<std::vector<std::string>> words(const std::vector<std::string>& command, std::size_t first,
                                              std::size_t last) {
  if (first == last) return std::nullopt;
  const auto at = [&](std::size_t index) { return command.begin() + static_cast<std::ptrdiff_t>(index); };
  return std::vector<std::string>(at(first), at(last));
}

std::string join(const std::vector<std::string>& command) {
  std::string text;
  for (const std::string& word : command) text += cat(text.empty() ? "" : " ", word);
  return text;
}

}  // namespace

oci::ImageConfig merge_committed(oci::ImageConfig image, const store::ContainerConfig& container,
                                 const std::vector<std::string>& changes) {
  const std::size_t split = std::min(container.entrypoint, container.command.size());
  image.entrypoint = words(container.command, 0, split);
  image.cmd = words(container.command, split, container.command.size());
  image.env = container.environment;
  image.labels = container.labels;
  image.working_dir = container.working_directory;
  image.user = container.user;
  image.exposed_ports = {container.exposed_ports.begin(), container.exposed_ports.end()};
  image.stop_signal = container.stop_signal;
  image.on_build.clear();  // they were for builds on the container's image
  ImageState state{.config = std::move(image), .key = {}};
  const Variables none;
  for (const std::string& change : changes) {
    try {
      Scope scope(none, none, '\\');
      scope.set_environment(state.config.env);
      apply_change(change, scope, state);
    } catch (Error& error) {
      error.add_context(cat("change ", quote(change)));
      error.set_exit(Exit::usage);
      throw;
    }
  }
  return std::move(state.config);
}

store::Tag commit_container(const store::Lease& lease, const store::Container& container,
                            const CommitOptions& options) {
  const store::Store& store = lease.store();
  const store::ContainerConfig& settings = container.config();
  if (!settings.image_id) throw Error("it has no image that another could be made of");
  oci::ImageConfig config =
      merge_committed(store::read_config(store, *settings.image_id), settings, options.changes);

  oci::HistoryEntry entry;
  entry.created = format_rfc3339(options.source_date ? Time{*options.source_date, 0} : now());
  entry.created_by = join(settings.command);
  entry.comment = options.message;
  entry.author = options.author;
  entry.empty_layer = list_directory(store::open_tree(container.upper()).get()).empty();
  if (!entry.empty_layer) {
    const userns::IdMap map = userns::choose_map(settings.map);
    std::vector<archive::RecordedOwner> owners;
    if (settings.map == userns::MapKind::single)
      owners = store::recorded_owners_in(store, settings.map, settings.diff_ids, container.upper());
    const store::LayerInfo layer = store::copy_layer(lease, map, container.upper(), owners);
    config.diff_ids.push_back(layer.diff_id);
  }
  config.created = entry.created;
  if (!options.author.empty()) config.author = options.author;
  config.history.push_back(std::move(entry));
  return store::write_image(lease, config, options.reference);
}

}  // namespace husk::build
