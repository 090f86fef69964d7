#include "libcore/container/monitor.hpp"
#include "libcore/cli/tool.hpp"
#include "libcore/runtime/own_binary.hpp"

#include <fcntl.h>
#include <unistd.h>

// Not for people: husk-run -d and husk-start leave it behind as the parent of a container in the background.

namespace {

using namespace husk;

int monitor(const std::string& path, const std::string& id) {
  // What standard output is: the pipe of the one that has started us.
  Fd report(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3));
  if (!report) throw_errno("copy standard output");
  if (::chdir("/") != 0) throw_errno("change to /");
  const auto store = store::Store::open(path, [](const std::string&) {});
  container::run_monitor(store, store::find_container(store, id), std::move(report));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  cli::Tool tool("husk-monitor", "The parent of a container in the background; not to be called by people");
  std::string store;
  std::string id;
  tool.app().add_option("STORE", store, "The directory of the store")->required();
  tool.app().add_option("ID", id, "The container")->required();
  return tool.run(argc, argv, [&] {
    runtime::shield_own_binary(argv);
    return monitor(store, id);
  });
}
