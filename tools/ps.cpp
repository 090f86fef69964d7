#include "libcore/base/time.hpp"
#include "libcore/cli/label_field.hpp"
#include "libcore/cli/row_format.hpp"
#include "libcore/cli/tool.hpp"
#include "libcore/container/container_filter.hpp"
#include "libcore/container/container_size.hpp"
#include "libcore/container/list.hpp"
#include "libcore/container/pause.hpp"
#include "libcore/container/port_option.hpp"
#include "libcore/container/volume_list.hpp"
#include "libcore/store/container_ids.hpp"

#include <cstdio>

namespace {

using namespace husk;

struct Options {
  std::vector<std::string> filters;
  std::string format;
  int last = -1;
  bool all = false, quiet = false, whole = false, latest = false, size = false;
};

const std::vector<cli::Column> columns = {
    {"ID", "CONTAINER ID"},      {"Image", "IMAGE"},        {"Command", "COMMAND"},
    {"CreatedAt", "CREATED AT"}, {"RunningFor", "CREATED"}, {"Status", "STATUS"},
    {"State", "STATE"},          {"Ports", "PORTS"},        {"Names", "NAMES"},
    {"Labels", "LABELS"},        {"Mounts", "MOUNTS"},      {"LocalVolumes", "LOCAL VOLUMES"},
    {"Networks", "NETWORKS"},    {"Size", "SIZE"},          cli::label_column(),
};

std::string shown_id(const std::string& id, const Options& options) {
  constexpr std::size_t short_id = 12;
  return options.whole ? id : id.substr(0, short_id);
}

struct Listed {
  store::Container container;
  store::ContainerState state;
  std::optional<container::ContainerSize> size;  // where it is asked for
};

std::string print_size(const std::optional<container::ContainerSize>& size) {
  if (!size) return "";
  return cat(cli::format_size(size->written), " (virtual ", cli::format_size(size->written + size->image),
             ")");
}

cli::Row make_row(const Listed& listed, Time now, const Options& options) {
  const store::ContainerConfig& config = listed.container.config();
  const store::ContainerState& state = listed.state;
  const auto length = options.whole ? container::Length::whole : container::Length::short_form;
  const auto created = parse_rfc3339(config.created);
  const bool is_running = state.status == store::Status::running;
  return {shown_id(config.id, options),
          config.image,
          container::describe_command(config.command, length),
          config.created,
          created ? format_age(*created, now) + " ago" : "N/A",
          cat(container::describe_status(state, now), container::is_paused(state) ? " (Paused)" : ""),
          container::status_word(state),
          is_running ? container::describe_ports(config.ports, config.exposed_ports) : "",
          config.name,
          container::print_labels(config.labels),
          container::describe_mounts(config.mounts, length),
          std::to_string(container::count_volumes(config.mounts)),
          config.network,
          print_size(listed.size),
          cli::label_cell(config.labels)};
}

std::vector<Listed> find_listed(const store::Store& store, const Options& options,
                                const container::ContainerFilter& filter) {
  const bool all = options.all || options.last > 0 || filter.asks_for_status();
  std::vector<Listed> found;
  for (store::Container& container : store::list_containers(store)) {
    if (options.last > 0 && found.size() == static_cast<std::size_t>(options.last)) break;
    const store::ContainerState state = store::read_state(container);
    if (!all && state.status != store::Status::running) continue;
    if (filter.matches(container.config(), state)) found.push_back({std::move(container), state, {}});
  }
  return found;
}

int list_ids(const store::Store& store, const Options& options) {
  int count = 0;
  for (const std::string& id : store::list_container_ids(store)) {
    if (options.last > 0 && count++ == options.last) break;
    std::puts(shown_id(id, options).c_str());
  }
  return 0;
}

int list(const cli::Tool& tool, Options& options) {
  if (options.latest && options.last < 0) options.last = 1;
  const auto store = store::Store::open([&](const std::string& text) { tool.warn(text); });
  const container::ContainerFilter filter(store, options.filters);
  if (options.quiet && (options.all || options.last > 0) && filter.is_empty())
    return list_ids(store, options);
  const std::string table =
      "table {{.ID}}\t{{.Image}}\t{{.Command}}\t{{.RunningFor}}\t{{.Status}}\t{{.Ports}}\t{{.Names}}";
  const cli::RowFormat format(options.quiet             ? "{{.ID}}"
                              : !options.format.empty() ? options.format
                              : options.size            ? table + "\t{{.Size}}"
                                                        : table,
                              columns);
  std::vector<Listed> found = find_listed(store, options, filter);
  if (options.size || format.names("Size")) {
    std::vector<const store::Container*> containers;
    containers.reserve(found.size());
    for (const Listed& each : found) containers.push_back(&each.container);
    const auto sizes = container::measure_sizes(store, containers);
    for (std::size_t i = 0; i < found.size(); ++i) found[i].size = sizes[i];
  }
  const Time time = now();
  std::vector<cli::Row> rows;
  rows.reserve(found.size());
  for (const Listed& each : found) rows.push_back(make_row(each, time, options));
  std::fputs(format.print(rows).c_str(), stdout);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  cli::Tool tool("husk-ps", "List containers");
  Options options;
  auto& app = tool.app();
  app.add_flag("-a,--all", options.all, "Those that do not run, too");
  app.add_flag("-q,--quiet", options.quiet, "Print the ids only");
  app.add_flag("--no-trunc", options.whole, "Print whole ids and commands");
  app.add_flag("-l,--latest", options.latest, "Only the one made last, whether it runs or not");
  app.add_option("-n,--last", options.last, "Only so many, the last ones made, whether they run or not");
  app.add_flag("-s,--size", options.size, "Say how much each has written");
  auto* const filter =
      app.add_repeated("-f,--filter", options.filters, "name=…, status=…, label=… and others");
  app.add_option("--format", options.format, "json, or a template: '{{.Names}} {{.Status}}'");
  tool.complete(filter, [](std::string_view) { return container::filter_words(); });
  return tool.run(argc, argv, [&] { return list(tool, options); });
}
