#include "libcore/base/error.hpp"
#include "libcore/base/time.hpp"
#include "libcore/cli/row_format.hpp"
#include "libcore/cli/tool.hpp"
#include "libcore/store/cache_mount_tar.hpp"
#include "libcore/store/cache_mounts.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <algorithm>
#include <cstdio>
#include <thread>

namespace {

using namespace husk;
using store::CacheMountInfo;

struct Options {
  std::string format, file = "-", userns = "auto";
  std::vector<std::string> ids;
  bool quiet = false, all = false;
};

const std::vector<cli::Column> columns = {{"ID", "ID"},
                                          {"Name", "NAME"},
                                          {"Options", "OPTIONS"},
                                          {"Size", "SIZE"},
                                          {"CreatedAt", "CREATED AT"},
                                          {"UsedSince", "USED"}};

store::Store open_store(const cli::Tool& tool) {
  return store::Store::open([&](const std::string& text) { tool.warn(text); });
}

store::WaitForCache wait_for(const cli::Tool& tool, const std::string& id) {
  return [&tool, id, tries = 0]() mutable {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    if (++tries == 50) tool.warn(cat("waiting for the cache ", quote(id), ", which a build uses"));
  };
}

int list(const cli::Tool& tool, const Options& options) {
  constexpr std::size_t short_name = 12;
  const auto store = open_store(tool);
  const cli::RowFormat format(options.quiet            ? "{{.ID}}"
                              : options.format.empty() ? "table {{.ID}}\t{{.Name}}\t{{.Size}}\t{{.UsedSince}}"
                                                       : options.format,
                              columns);
  const auto all = store::list_cache_mounts(store);
  const auto sizes = store::measure_cache_mounts(store, all);
  std::vector<cli::Row> rows;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const CacheMountInfo& info = all[i];
    const std::string& variant = info.key.variant;
    rows.push_back({escape(info.key.id), info.name.substr(0, short_name),
                    escape(variant.substr(std::min<std::size_t>(1, variant.size()))),
                    sizes[i] ? cli::format_size(*sizes[i]) : "N/A", info.created,
                    format_age({info.used, 0}, now()) + " ago"});
  }
  std::fputs(format.print(rows).c_str(), stdout);
  return 0;
}

Fd open_file(const std::string& name, int standard, int flags) {
  if (name != "-") {
    Fd file(::open(name.c_str(), flags | O_CLOEXEC, 0666));
    if (!file) throw_errno("open ", quote(name));
    return file;
  }
  if (::isatty(standard) == 1)
    throw Error("the tar can't be on a terminal: use a pipe, a file or -f FILE", Exit::usage);
  return Fd(::fcntl(standard, F_DUPFD_CLOEXEC, 3));
}

int export_to(const cli::Tool& tool, const Options& options) {
  const auto store = open_store(tool);
  const CacheMountInfo info = store::find_cache_mounts(store, options.ids.front()).front();
  Fd output = open_file(options.file, STDOUT_FILENO, O_WRONLY | O_CREAT | O_TRUNC);
  std::vector<std::string> notes;
  if (!store::export_cache_mount(store, info, output.get(), notes, wait_for(tool, info.key.id)))
    throw Error(cat("there is no cache ", quote(info.key.id), " any more"));
  for (const std::string& note : notes) tool.warn(cat("a socket is left out: ", quote(note)));
  output.close_written(options.file == "-" ? "standard output" : options.file);
  return 0;
}

int import_from(const cli::Tool& tool, const Options& options) {
  const auto store = open_store(tool);
  const Fd input = open_file(options.file, STDIN_FILENO, O_RDONLY);
  const std::string& id = options.ids.front();
  const store::Lease lease(store);
  std::vector<std::string> notes;
  store::import_cache_mount(
      lease, {.id = id, .variant = {}, .map = userns::choose_map(userns::parse_choice(options.userns)).kind},
      input.get(), notes, wait_for(tool, id));
  for (const std::string& note : notes) tool.warn(note);
  return 0;
}

int remove(const cli::Tool& tool, const Options& options) {
  const auto store = open_store(tool);
  if (options.all == !options.ids.empty()) throw Error("name caches, or use --all", Exit::usage);
  std::vector<CacheMountInfo> chosen;
  if (options.all) chosen = store::list_cache_mounts(store);
  for (const std::string& id : options.ids)
    std::ranges::move(store::find_cache_mounts(store, id), std::back_inserter(chosen));
  bool removed = true;
  for (const CacheMountInfo& info : chosen) {
    if (store::remove_cache_mount(store, info.name)) continue;
    tool.warn(cat("the cache ", quote(info.key.id), " is in use"));
    removed = false;
  }
  return removed ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  cli::Tool tool("husk-cache", "The caches of RUN --mount=type=cache");
  Options options;
  auto& app = tool.app();
  app.require_subcommand();
  auto* const ls = app.add_subcommand("ls", "List them");
  ls->add_flag("-q,--quiet", options.quiet, "Print the ids only");
  ls->add_option("--format", options.format, "json, or a template: '{{.ID}} {{.Size}}'");
  auto* const save = app.add_subcommand("export", "Write the content of one as a tar");
  auto* const load = app.add_subcommand("import", "Make or replace one with the content of a tar");
  auto* const rm = app.add_subcommand("rm", "Remove some");
  for (auto* const command : {save, load, rm}) {
    auto* const ids =
        command->add_option("ID", options.ids, "As the Dockerfile names it: id, or else the target");
    tool.complete(ids, [](std::string_view) {
      std::vector<std::string> words;
      for (const auto& info : store::list_cache_mounts(store::Store::open([](const std::string&) {})))
        words.push_back(info.key.id);
      return words;
    });
    if (command != rm) ids->required()->expected(1);
    if (command != rm) command->add_option("-f,--file", options.file, "Instead of a pipe; - is a pipe");
  }
  load->add_option("--userns", options.userns, "Owners of the files: auto, subid or single");
  rm->add_flag("-a,--all", options.all, "Remove all that are not in use");
  return tool.run(argc, argv, [&] {
    return ls->parsed()     ? list(tool, options)
           : save->parsed() ? export_to(tool, options)
           : load->parsed() ? import_from(tool, options)
                            : remove(tool, options);
  });
}
