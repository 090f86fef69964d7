// husk-pull: brings an image from a registry, or from an image layout, into the store.

#include "libcore/transfer/pull.hpp"
#include "libcore/base/end_request.hpp"
#include "libcore/cli/tool.hpp"
#include "libcore/transfer/options.hpp"

#include <cstdio>

using namespace husk;

namespace {

struct Options {
  std::string name;
  std::string local_name;
  std::string platform;
  std::string tls_verify = "true";
  std::string credentials;
  std::string authfile;
  std::string user_namespace = "auto";
  std::string progress = "auto";
  bool untagged = false;
  bool quiet = false;
};

store::Tag pull_as_asked(const store::Lease& lease, const Options& options, transfer::Progress progress) {
  transfer::PullOptions how{
      .platform = options.platform.empty() ? oci::host_platform() : oci::parse_platform(options.platform),
      .map = userns::choose_map(userns::parse_choice(options.user_namespace)),
      .security = transfer::parse_tls_verify(options.tls_verify),
      .untagged = options.untagged,
      .progress = std::move(progress),
  };
  if (!options.credentials.empty()) how.credentials = registry::parse_credentials(options.credentials);
  if (!options.authfile.empty()) how.authfile = options.authfile;

  std::optional<oci::Reference> local;
  if (!options.local_name.empty()) local = oci::parse_reference(options.local_name);
  if (const auto layout = transfer::parse_layout_name(options.name)) {
    return transfer::pull_layout(lease, *layout, local, how);
  }
  if (local) throw Error("a second name goes with \"oci:\" only", Exit::usage);
  return transfer::pull(lease, oci::parse_reference(options.name), how);
}

}  // namespace

int main(int argc, char** argv) {
  cli::Tool tool("husk-pull", "Bring an image from a registry into the store");
  Options options;
  tool.app().add_option("image", options.name, "NAME[:TAG|@DIGEST], or oci:DIRECTORY[:TAG]")->required();
  tool.app().add_option("name", options.local_name, "what to call an image that comes from a directory");
  tool.app().add_flag("-q,--quiet", options.quiet, "say nothing on standard error but what went wrong");
  tool.app().add_option("--progress", options.progress, "how to show progress: auto or json");
  tool.app().add_option("--platform", options.platform, "OS/ARCH[/VARIANT] instead of this machine's");
  tool.app().add_flag("--untagged", options.untagged, "give the image no name: another one may keep it");
  tool.app().add_option("--tls-verify", options.tls_verify, "false: also http and unknown certificates");
  tool.app().add_option("--creds", options.credentials, "USER:PASSWORD for the registry");
  tool.app().add_option("--authfile", options.authfile, "file with credentials, as containers-auth.json(5)");
  tool.app().add_option("--userns", options.user_namespace, "unpack for this id map: auto, subid or single");
  return tool.run(argc, argv, [&] {
    const EndRequest signals;
    const auto store = store::Store::open([&](const std::string& text) {
      if (!options.quiet) tool.warn(text);
    });
    const store::Lease lease(store);
    transfer::ProgressLine line("pulled", transfer::parse_progress_style(options.progress));
    const store::Tag tag =
        pull_as_asked(lease, options, options.quiet ? transfer::Progress{} : line.progress());
    const std::string summary = line.finish();
    if (!summary.empty()) tool.warn(summary);
    std::printf("%s\n", tag.image_id.str().c_str());
    return 0;
  });
}
