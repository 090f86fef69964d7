#include "libcore/base/io.hpp"
#include "libcore/cli/tool.hpp"
#include "libcore/runtime/compile_filter.hpp"

#include <fcntl.h>
#include <unistd.h>

using namespace husk;

namespace {

int compile(const std::string& path, const std::vector<std::string>& capabilities) {
  constexpr std::size_t limit = 4 << 20;
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) throw_errno("open ", quote(path));
  const std::string program =
      in_context([&] { return cat(quote(path)); },
                 [&] {
                   return runtime::compile_filter(
                       oci::parse_seccomp_profile(read_all(file.get(), limit, path)), capabilities);
                 });
  write_all(STDOUT_FILENO, program, "standard output");
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  cli::Tool tool("husk-seccomp", "Make a filter for seccomp(2) of a profile for system calls");
  std::string path;
  std::vector<std::string> capabilities;
  auto& app = tool.app();
  app.add_option("PROFILE", path, "A JSON file")->required();
  app.add_repeated("--cap", capabilities, "A capability that the container has: CAP_CHOWN");
  return tool.run(argc, argv, [&] { return compile(path, capabilities); });
}
