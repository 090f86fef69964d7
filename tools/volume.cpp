#include "libcore/base/error.hpp"
#include "libcore/cli/inspection.hpp"
#include "libcore/cli/row_format.hpp"
#include "libcore/cli/tool.hpp"
#include "libcore/container/fill_volume.hpp"
#include "libcore/container/key_value_file.hpp"
#include "libcore/container/mount_option.hpp"
#include "libcore/container/volume_list.hpp"
#include "libcore/store/names.hpp"

#include <array>
#include <cstdio>

namespace {

using namespace husk;

struct Options {
  std::vector<std::string> names, labels, filters;
  std::string driver = "local", format, image, path, userns = "auto";
  bool quiet = false, force = false, all = false;
};

store::Store open_store(const cli::Tool& tool) {
  return store::Store::open([&](const std::string& text) { tool.warn(text); });
}

int create(const cli::Tool& tool, const Options& options) {
  const auto store = open_store(tool);
  container::check_mount({.mount = {}, .driver = options.driver});
  store::Volume volume{options.names.empty() ? store::choose_volume_name() : options.names.front(), {}, {}};
  if (options.names.empty()) volume.labels.emplace(store::anonymous_label, "");
  for (const std::string& text : options.labels) container::add_label(volume.labels, text);
  (void)store::make_volume(store::Lease(store), volume);  // one that is there is as it is
  std::printf("%s\n", volume.name.c_str());
  return 0;
}

int list(const cli::Tool& tool, const Options& options) {
  const auto store = open_store(tool);
  const cli::RowFormat format(options.quiet            ? "{{.Name}}"
                              : options.format.empty() ? "table {{.Driver}}\t{{.Name}}"
                                                       : options.format,
                              {{"Driver", "DRIVER"},
                               {"Name", "VOLUME NAME"},
                               {"Labels", "LABELS"},
                               {"Mountpoint", "MOUNTPOINT"},
                               {"Scope", "SCOPE"},
                               {"CreatedAt", "CREATED AT"}});
  std::vector<cli::Row> rows;
  for (const store::Volume& volume : container::list_volumes(store, options.filters)) {
    rows.push_back({"local", volume.name, container::print_labels(volume.labels),
                    store::volume_tree(store, volume.name).native(), "local", volume.created});
  }
  std::fputs(format.print(rows).c_str(), stdout);
  return 0;
}

int inspect(const cli::Tool& tool, const Options& options) {
  cli::Inspection inspection(options.format);
  const auto store = open_store(tool);
  const int code = tool.for_each(options.names, [&](const std::string& name) {
    inspection.add(container::inspect_volume(store, store::get_volume(store, name)));
  });
  std::fputs(inspection.print().c_str(), stdout);
  return code;
}

int remove(const cli::Tool& tool, const Options& options) {
  const auto store = open_store(tool);
  return tool.for_each(options.names, [&](const std::string& name) {
    if (options.force && !store::find_volume(store, name)) return;
    store::remove_volume(store, name);
    std::printf("%s\n", escape(name).c_str());
  });
}

bool is_sure(const Options& options) {
  if (options.force) return true;
  std::printf("This removes all %svolumes that no container has. Go on? [y/N] ",
              options.all ? "" : "unnamed ");
  std::fflush(stdout);
  std::array<char, 8> answer{};
  return std::fgets(answer.data(), answer.size(), stdin) != nullptr && (answer[0] == 'y' || answer[0] == 'Y');
}

int prune(const cli::Tool& tool, Options& options) {
  if (!is_sure(options)) return 1;
  const auto store = open_store(tool);
  options.filters.emplace_back("dangling=true");
  for (const store::Volume& volume : container::list_volumes(store, options.filters)) {
    if (!options.all && !store::is_anonymous(volume)) continue;
    options.names.push_back(volume.name);
  }
  return remove(tool, options);
}

int fill(const cli::Tool& tool, const Options& options) {
  const auto store = open_store(tool);
  const userns::IdMap map = userns::choose_map(userns::parse_choice(options.userns));
  container::fill_volume(store, options.names.front(), store::find_image(store, options.image), options.path,
                         map);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  cli::Tool tool("husk-volume", "Files that outlive containers");
  Options options;
  auto& app = tool.app();
  app.require_subcommand();
  auto* const make = app.add_subcommand("create", "Make one");
  make->add_option("NAME", options.names, "Chosen if there is none")->expected(0, 1);
  make->add_repeated("--label", options.labels, "NAME=VALUE");
  make->add_option("-d,--driver", options.driver, "local");
  auto* const ls = app.add_subcommand("ls", "List them");
  ls->add_flag("-q,--quiet", options.quiet, "Print the names only");
  ls->add_option("--format", options.format, "json, or a template: '{{.Name}} {{.Mountpoint}}'");
  auto* const show = app.add_subcommand("inspect", "Say all about some, as JSON");
  show->add_option("-f,--format", options.format, "json, or a template: '{{.Mountpoint}}'");
  auto* const rm = app.add_subcommand("rm", "Remove some that no container has");
  rm->add_flag("-f,--force", options.force, "It is no error that one is not there");
  auto* const clean =
      app.add_subcommand("prune", "Remove those that nobody gave a name and no container has");
  clean->add_flag("-a,--all", options.all, "Also those with a name");
  clean->add_flag("-f,--force", options.force, "Don't ask");
  for (auto* const command : {ls, clean}) {
    // -f is for prune what --force is.
    const char* const names = command == ls ? "-f,--filter" : "--filter";
    command->add_repeated(names, options.filters, "dangling=true, name=…, label=…");
  }
  auto* const from = app.add_subcommand("fill", "Give an empty one the files of an image");
  from->add_option("--image", options.image, "Name or id")->required();
  from->add_option("--path", options.path, "Of a directory in it")->required();
  from->add_option("--userns", options.userns, "Owners of the files: auto, subid or single");
  for (auto* const command : {show, rm, from}) {
    auto* const name = command->add_option("NAME", options.names, "Of a volume")->required();
    if (command == from) name->expected(1);
    tool.complete(name, [](std::string_view) { return store::volume_names(); });
  }
  return tool.run(argc, argv, [&] {
    return make->parsed()    ? create(tool, options)
           : ls->parsed()    ? list(tool, options)
           : show->parsed()  ? inspect(tool, options)
           : rm->parsed()    ? remove(tool, options)
           : clean->parsed() ? prune(tool, options)
                             : fill(tool, options);
  });
}
