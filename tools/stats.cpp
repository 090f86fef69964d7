#include "libcore/container/stats.hpp"
#include "libcore/base/error.hpp"
#include "libcore/cli/row_format.hpp"
#include "libcore/cli/tool.hpp"
#include "libcore/store/names.hpp"

#include <unistd.h>
#include <array>
#include <cstdio>
#include <map>
#include <thread>

namespace {

using namespace husk;

struct Options {
  std::vector<std::string> names;
  std::string format;
  bool all = false, once = false, whole = false;
};

const std::vector<cli::Column> columns = {
    {"Container", "CONTAINER"},
    {"Name", "NAME"},
    {"ID", "CONTAINER ID"},
    {"CPUPerc", "CPU %"},
    {"MemUsage", "MEM USAGE / LIMIT"},
    {"MemPerc", "MEM %"},
    {"NetIO", "NET I/O"},
    {"BlockIO", "BLOCK I/O"},
    {"PIDs", "PIDS"},
};

using Usages = std::map<std::string, container::Usage>;  // by id

// Those that are named, or else all that run; with --all, those that do not run, too.
std::vector<store::Container> find_containers(const store::Store& store, const Options& options) {
  std::vector<store::Container> found;
  for (const std::string& name : options.names) found.push_back(store::find_container(store, name));
  if (!options.names.empty()) return found;
  for (store::Container& container : store::list_containers(store)) {
    if (options.all || store::read_state(container).status == store::Status::running)
      found.push_back(std::move(container));
  }
  return found;
}

Usages measure(const std::vector<store::Container>& containers) {
  Usages usages;
  for (const store::Container& container : containers) {
    if (const auto usage = container::measure_usage(container)) usages.emplace(container.config().id, *usage);
  }
  return usages;
}

std::string percent(double value) {
  std::array<char, 32> buffer{};
  (void)std::snprintf(buffer.data(), buffer.size(), "%.2f%%", value);
  return buffer.data();
}

std::string pair(const std::string& first, const std::string& second) { return cat(first, " / ", second); }

cli::Row make_row(const store::ContainerConfig& config, const Usages& before, const Usages& after,
                  const Options& options) {
  constexpr std::size_t short_id = 12;
  const std::string id = options.whole ? config.id : config.id.substr(0, short_id);
  const auto now = after.find(config.id);
  const auto then = before.find(config.id);
  const container::Usage usage = now == after.end() ? container::Usage{} : now->second;
  const bool is_known = now != after.end() && then != before.end();
  const std::uint64_t limit = now == after.end() ? 0 : container::memory_limit(config);
  return {id,
          config.name,
          id,
          percent(is_known ? container::cpu_share(then->second, usage) : 0),
          pair(cli::format_memory(usage.memory), cli::format_memory(limit)),
          percent(limit == 0 ? 0 : 100 * static_cast<double>(usage.memory) / static_cast<double>(limit)),
          pair(cli::format_size(usage.received), cli::format_size(usage.sent)),
          pair(cli::format_size(usage.read), cli::format_size(usage.written)),
          std::to_string(usage.processes)};
}

int show(const cli::Tool& tool, const Options& options) {
  using namespace std::chrono_literals;
  const auto store = store::Store::open([&](const std::string& text) { tool.warn(text); });
  const cli::RowFormat format(options.format.empty()
                                  ? "table {{.ID}}\t{{.Name}}\t{{.CPUPerc}}\t{{.MemUsage}}\t{{.MemPerc}}\t"
                                    "{{.NetIO}}\t{{.BlockIO}}\t{{.PIDs}}"
                                  : options.format,
                              columns);
  const bool redraws = !options.once && ::isatty(STDOUT_FILENO) == 1;
  Usages before = measure(find_containers(store, options));
  for (;;) {
    std::this_thread::sleep_for(1s);
    const std::vector<store::Container> containers = find_containers(store, options);
    Usages after = measure(containers);
    std::vector<cli::Row> rows;
    rows.reserve(containers.size());
    for (const store::Container& each : containers)
      rows.push_back(make_row(each.config(), before, after, options));
    // Home, then clear what the last picture left.
    std::fputs(cat(redraws ? "\033[H\033[J" : "", format.print(rows)).c_str(), stdout);
    if (std::fflush(stdout) != 0) throw_errno("write to standard output");
    if (options.once) return 0;
    before = std::move(after);
  }
}

}  // namespace

int main(int argc, char** argv) {
  cli::Tool tool("husk-stats", "Show what containers use of the machine");
  Options options;
  auto& app = tool.app();
  auto* const names = app.add_option("CONTAINER", options.names, "Name or id; all that run if there is none");
  app.add_flag("-a,--all", options.all, "Those that do not run, too");
  app.add_flag("--no-stream", options.once, "Print once, and end");
  app.add_flag("--no-trunc", options.whole, "Print whole ids");
  app.add_option("--format", options.format, "json, or a template: '{{.Name}} {{.CPUPerc}}'");
  tool.complete(names, [](std::string_view) { return store::container_names(store::Running::yes); });
  return tool.run(argc, argv, [&] { return show(tool, options); });
}
