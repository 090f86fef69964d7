#include "libcore/cli/template.hpp"
#include "libcore/cli/tool.hpp"
#include "libcore/container/host_info.hpp"

#include <cstdio>
#include <optional>

namespace {

using namespace husk;

int show(const cli::Tool& tool, const std::string& format) {
  std::optional<cli::Template> form;
  if (!format.empty() && format != "json") form.emplace(format);
  const auto store = store::Store::open([&](const std::string& text) { tool.warn(text); });
  const std::vector<container::Check> checks = container::check_host(store);
  const Value host = container::describe_host(store, checks);
  const std::string text = format.empty() ? container::print_host(host, checks)
                           : form         ? form->render(host) + "\n"
                                          : print_json(host) + "\n";
  std::fputs(text.c_str(), stdout);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  cli::Tool tool("husk-info", "Say what there is, and what this machine can do");
  std::string format;
  tool.app().add_option("-f,--format", format, "json, or a template: '{{.DockerRootDir}}'");
  return tool.run(argc, argv, [&] { return show(tool, format); });
}
