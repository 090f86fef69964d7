#include "libcore/container/host_info.hpp"

#include "libcore/base/ascii.hpp"
#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/container/lines.hpp"
#include "libcore/container/pause.hpp"
#include "libcore/container/stats.hpp"
#include "libcore/store/containers.hpp"
#include "libcore/store/images.hpp"

#include <fcntl.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <set>

namespace husk::container {
namespace {

using Object = Value::Object;

// PRETTY_NAME of os-release(5), without its quotes.
std::string system_name() {
  const Fd file(::open("/etc/os-release", O_RDONLY | O_CLOEXEC));
  if (!file) return "Linux";
  constexpr std::string_view key = "PRETTY_NAME=";
  for (const std::string& line : split_lines(read_all(file.get(), 65536, "/etc/os-release"))) {
    if (line.starts_with(key)) return escape(trim_blanks(line.substr(key.size()), "\"'"));
  }
  return "Linux";
}

void add_containers(Object& object, const store::Store& store) {
  std::size_t running = 0, paused = 0, stopped = 0;
  for (const store::Container& container : store::list_containers(store)) {
    const store::ContainerState state = store::read_state(container);
    ++(is_paused(state) ? paused : state.status == store::Status::running ? running : stopped);
  }
  object.push_back({"Containers", running + paused + stopped});
  object.push_back({"ContainersRunning", running});
  object.push_back({"ContainersPaused", paused});
  object.push_back({"ContainersStopped", stopped});
}

std::size_t count_images(const store::Store& store) {
  std::set<oci::Digest> ids;
  for (const store::Tag& tag : store::list_tags(store)) ids.insert(tag.image_id);
  return ids.size();
}

std::string text_of(const Value& host, std::string_view name) {
  const Value* const found = host.find(name);
  const auto* const text = found->get<std::string>();
  return text != nullptr ? *text : print_json(*found);
}

std::string amount_of_memory(const Value& host) {
  constexpr std::int64_t unit = 1 << 20;
  return cat(*host.find("MemTotal")->get<std::int64_t>() / unit, " MiB");
}

}  // namespace

Value describe_host(const store::Store& store, const std::vector<Check>& checks) {
  utsname system{};
  if (::uname(&system) != 0) throw_errno("ask for the system's name");
  Object object = {{"ServerVersion", HUSK_VERSION}};
  add_containers(object, store);
  const Object rest = {
      {"Images", count_images(store)},
      {"Driver", "overlay"},
      {"DockerRootDir", store.path().native()},
      {"KernelVersion", system.release},
      {"OperatingSystem", system_name()},
      {"OSType", "linux"},
      {"Architecture", system.machine},
      {"NCPU", ::sysconf(_SC_NPROCESSORS_ONLN)},
      {"MemTotal", machine_memory()},
      {"Name", system.nodename},
      {"SecurityOptions", Value::List{"name=seccomp,profile=builtin", "name=rootless"}},
      {"Checks", to_value(checks)},
  };
  object.insert(object.end(), rest.begin(), rest.end());
  return object;
}

std::string print_host(const Value& host, const std::vector<Check>& checks) {
  const auto of = [&](std::string_view name) { return text_of(host, name); };
  return cat("version               ", of("ServerVersion"), "\nstore                 ", of("DockerRootDir"),
             "\ncontainers            ", of("Containers"), ": ", of("ContainersRunning"), " running, ",
             of("ContainersPaused"), " paused, ", of("ContainersStopped"),
             " not running\nimages                ", of("Images"), "\nsystem                ",
             of("OperatingSystem"), ", Linux ", of("KernelVersion"), "\nmachine               ", of("Name"),
             ": ", of("Architecture"), ", ", of("NCPU"), " processors, ", amount_of_memory(host), "\n",
             print_checks(checks));
}

std::vector<Check> check_host(const store::Store& store) { return judge(find_facts(store)); }

}  // namespace husk::container
