#include "libcore/base/time.hpp"
#include "libcore/cli/row_format.hpp"
#include "libcore/cli/tool.hpp"
#include "libcore/container/list.hpp"
#include "libcore/container/port_option.hpp"
#include "libcore/container/volume_list.hpp"
#include "libcore/store/containers.hpp"

#include <cstdio>

namespace {

using namespace husk;

struct Options {
  std::string format;
  bool all = false;
  bool quiet = false;
  bool whole = false;
};

const std::vector<cli::Column> columns = {
    {"ID", "CONTAINER ID"},    {"Image", "IMAGE"},   {"Command", "COMMAND"}, {"CreatedAt", "CREATED AT"},
    {"RunningFor", "CREATED"}, {"Status", "STATUS"}, {"State", "STATE"},     {"Ports", "PORTS"},
    {"Names", "NAMES"},        {"Labels", "LABELS"},
};

std::string_view state_name(store::Status status) {
  switch (status) {
    case store::Status::created: return "created";
    case store::Status::running: return "running";
    case store::Status::exited: return "exited";
  }
  return "?";
}

cli::Row make_row(const store::Container& container, const store::ContainerState& state, Time now,
                  const Options& options) {
  constexpr std::size_t short_id = 12;
  const store::ContainerConfig& config = container.config();
  const auto length = options.whole ? container::Length::whole : container::Length::short_form;
  const auto created = parse_rfc3339(config.created);
  const bool is_running = state.status == store::Status::running;
  return {options.whole ? config.id : config.id.substr(0, short_id),
          config.image,
          container::describe_command(config.command, length),
          config.created,
          created ? format_age(*created, now) + " ago" : "N/A",
          container::describe_status(state, now),
          std::string(state_name(state.status)),
          is_running ? container::describe_ports(config.ports, config.exposed_ports) : "",
          config.name,
          container::print_labels(config.labels)};
}

int list(const cli::Tool& tool, const Options& options) {
  const auto store = store::Store::open([&](const std::string& text) { tool.warn(text); });
  const std::string table =
      "table {{.ID}}\t{{.Image}}\t{{.Command}}\t{{.RunningFor}}\t{{.Status}}\t{{.Ports}}\t{{.Names}}";
  const cli::RowFormat format(options.quiet            ? "{{.ID}}"
                              : options.format.empty() ? table
                                                       : options.format,
                              columns);
  const Time time = now();
  std::vector<cli::Row> rows;
  for (const store::Container& container : store::list_containers(store)) {
    // Half of the work, and of no use where all ids are wanted and nothing else.
    const bool counts = !options.all || !options.quiet;
    const store::ContainerState state = counts ? store::read_state(container) : store::ContainerState{};
    if (!options.all && state.status != store::Status::running) continue;
    rows.push_back(make_row(container, state, time, options));
  }
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
  app.add_option("--format", options.format, "json, or a template: '{{.Names}} {{.Status}}'");
  return tool.run(argc, argv, [&] { return list(tool, options); });
}
