#include "libcore/container/logs.hpp"
#include "libcore/cli/tool.hpp"
#include "libcore/store/names.hpp"

using namespace husk;

int main(int argc, char** argv) {
  cli::Tool tool("husk-logs", "Show what a container in the background printed");
  std::string name;
  std::string since;
  std::string until;
  std::string last = "all";
  container::LogsOptions options;
  auto& app = tool.app();
  tool.complete(app.add_option("CONTAINER", name, "Name or id")->required(),
                [](std::string_view) { return store::container_names(store::Running::either); });
  app.add_flag("-f,--follow", options.follow, "Go on until it ends");
  app.add_flag("-t,--timestamps", options.times, "Say when each line was printed");
  app.add_option("-n,--tail", last, "Only so many lines from the end; all");
  app.add_option("--since", since, "Only what is newer: 10m, 2026-01-31T23:59:59Z");
  app.add_option("--until", until, "Only what is older");
  return tool.run(argc, argv, [&] {
    if (last != "all") options.last = container::parse_line_count(last);
    if (!since.empty()) options.since = container::parse_log_time(since, now());
    if (!until.empty()) options.until = container::parse_log_time(until, now());
    const auto store = store::Store::open([&](const std::string& text) { tool.warn(text); });
    container::show_logs(store::find_container(store, name), options);
    return 0;
  });
}
