#include "libcore/cli/run_options.hpp"

namespace husk::cli {
namespace {

void add_files(Command& app, container::RunOptions& options) {
  app.add_repeated("--env-file", options.environment_files, "The same as --env of the lines of a file");
  app.add_repeated("--label-file", options.label_files, "The same as --label of the lines of a file");
  app.add_option("--cidfile", options.id_file,
                 "Write the container's id to this file, which must not be there");
}

void add_mounts(Command& app, container::RunOptions& options) {
  app.add_repeated("--mount", options.mounts, "type=bind|volume|tmpfs|image,source=…,target=…");
  app.add_repeated("--device", options.devices, "A device: HOST[:CTR], or vendor.com/class=name");
  app.add_repeated("--tmpfs", options.memory_mounts, "A file system in memory: CTR[:OPTIONS]");
}

void add_names(Command& app, container::RunOptions& options) {
  app.add_repeated("--expose", options.exposed_ports, "As EXPOSE in the image: PORT[/udp]");
  app.add_repeated("--dns", options.name_servers, "Name server, instead of the host's");
  app.add_repeated("--dns-search", options.search_domains, "Domain for short names; . is none");
  app.add_repeated("--dns-option,--dns-opt", options.resolver_options, "Option for resolv.conf");
  app.add_repeated("--add-host", options.hosts, "A line for /etc/hosts: NAME:ADDRESS");
}

void add_confinement(Command& app, container::RunOptions& options) {
  app.add_repeated("--cap-add", options.capabilities_to_add, "Add a capability, or ALL");
  app.add_repeated("--cap-drop", options.capabilities_to_drop, "Drop a capability, or ALL");
  app.add_repeated("--security-opt", options.security_options,
                   "no-new-privileges, seccomp=unconfined, mask=…, unmask=…, systempaths=unconfined");
  app.add_flag("--privileged", options.privileged, "All that a user namespace can have");
  app.add_repeated("--group-add", options.groups, "Supplementary group, or keep-groups: those of the caller");
  app.add_repeated("--ulimit", options.limits, "Resource limit: NAME=SOFT[:HARD]");
  app.add_repeated("--sysctl", options.settings, "Setting of the container's namespaces: NAME=VALUE");
  app.add_option("--shm-size", options.shm_size, "Size of /dev/shm: 64m");
  app.add_option("--oom-score-adj", options.oom_score_adjustment,
                 "How soon the kernel ends it, -1000 to 1000");
  app.add_flag("--init", options.init, "A first process that passes signals on and waits for orphans");
  app.add_option("--stop-signal", options.stop_signal, "What husk-stop sends, instead of the image's");
  app.add_option("--stop-timeout", options.stop_timeout, "Seconds that husk-stop waits");
}

void add_resource(Command& app, container::RunOptions& options, const char* names, const char* option,
                  const char* text) {
  app.add_option(names, options.resources[option], text);
}

void add_resources(Command& app, container::RunOptions& options) {
  const auto add = [&](const char* names, const char* option, const char* text) {
    add_resource(app, options, names, option, text);
  };
  add("--memory-swap", "memory-swap", "Most memory and swap together; -1 is no limit on swap");
  add("--memory-reservation", "memory-reservation", "Memory that is left to it as long as possible");
  add("--cpus", "cpus", "Most processor time, in processors: 1.5");
  add("--cpuset-cpus", "cpuset-cpus", "Processors to run on: 0-2,4");
  add("--cpuset-mems", "cpuset-mems", "Memory nodes to use: 0,1");
  add("--pids-limit", "pids-limit", "Most processes and threads; -1 is no limit");
  add("--cgroup-parent", "cgroup-parent", "Make the container's cgroup in this one, which is yours");
  add("--limits", "limits", "Without a cgroup: strict is an error, best-effort limits each process");
}

}  // namespace

Option* add_run_options(Tool& tool, container::RunOptions& options) {
  auto& app = tool.app();
  app.end_options_at_positional();
  app.add_repeated("-e,--env", options.environment, "Set NAME=VALUE, or NAME as it is here");
  app.add_repeated("-l,--label", options.labels, "Give the container a label: NAME[=VALUE]");
  app.add_option("-w,--workdir", options.working_directory, "Working directory in the container");
  app.add_option("-u,--user", options.user, "User, by name or number: USER[:GROUP]");
  app.add_repeated("-v,--volume", options.volumes, "A directory, or a volume: [HOST:|NAME:]CTR[:OPTIONS]");
  app.add_repeated("-p,--publish", options.ports, "Publish ports: [ADDR:][HOST:]CTR[/udp]");
  app.add_flag("-P,--publish-all", options.publish_all,
               "Publish all ports of EXPOSE on free ones of the host");
  app.add_option("--network", options.network, "Network: private, host or none");
  app.add_option("--name", options.name, "Name of the container");
  app.add_option("--hostname", options.host_name, "Host name in the container");
  app.add_option("--entrypoint", options.entrypoint, "Run this instead of the image's entrypoint");
  app.add_option("--userns", options.userns, "Users of the container: auto, subid or single");
  app.add_option("--pull", options.pull, "When to pull the image: missing, always, never or newer");
  add_resource(app, options, "-m,--memory", "memory", "Most memory of all processes together: 512m");
  add_resource(app, options, "-c,--cpu-shares", "cpu-shares",
               "Share of processor time beside others, who have 1024");
  app.add_flag("--rm", options.remove, "Remove the container when it ends");
  app.add_flag("-i,--interactive", options.interactive, "Give the command our standard input");
  app.add_flag("-t,--tty", options.terminal, "Give the command a terminal");
  app.add_flag("--read-only", options.read_only, "Make the root file system read-only");
  tool.add_rare_options([&app, &options] {
    add_files(app, options);
    add_mounts(app, options);
    add_names(app, options);
    add_confinement(app, options);
    add_resources(app, options);
  });
  return app.add_option("IMAGE", options.words, "Image, then the command and its arguments")->required();
}

}  // namespace husk::cli
