// husk-push: sends an image to a registry, or into an image layout.

#include "libcore/transfer/push.hpp"
#include "libcore/base/end_request.hpp"
#include "libcore/cli/tool.hpp"
#include "libcore/store/names.hpp"
#include "libcore/transfer/options.hpp"

#include <cstdio>

using namespace husk;

namespace {

struct Options {
  std::string source;
  std::string destination;
  std::string tls_verify = "true";
  std::string credentials;
  std::string authfile;
  std::string compression = "gzip";
  bool quiet = false;
};

archive::Compression parse_compression(const std::string& text) {
  if (text == "gzip") return archive::Compression::gzip;
  if (text == "zstd") return archive::Compression::zstd;
  throw Error(cat("--compression is gzip or zstd, not ", quote(text)), Exit::usage);
}

transfer::Pushed push_as_asked(const store::Lease& lease, const Options& options,
                               transfer::Progress progress) {
  transfer::PushOptions how{
      .security = transfer::parse_tls_verify(options.tls_verify),
      .compression = parse_compression(options.compression),
      .progress = std::move(progress),
  };
  if (!options.credentials.empty()) how.credentials = registry::parse_credentials(options.credentials);
  if (!options.authfile.empty()) how.authfile = options.authfile;

  const std::string& where = options.destination.empty() ? options.source : options.destination;
  const auto layout = transfer::parse_layout_name(where);
  if (layout)
    return transfer::push_layout(lease, store::find_image(lease.store(), options.source), *layout, how);
  const oci::Reference destination = oci::parse_reference(where);
  return transfer::push(lease, store::find_image(lease.store(), options.source), destination, how);
}

}  // namespace

int main(int argc, char** argv) {
  cli::Tool tool("husk-push", "Send an image to a registry");
  Options options;
  const auto* const source =
      tool.app().add_option("image", options.source, "name or id of an image here")->required();
  tool.app().add_option("destination", options.destination,
                        "NAME[:TAG] or oci:DIRECTORY[:TAG]; its own name if left out");
  tool.app().add_flag("-q,--quiet", options.quiet, "say nothing on standard error but what went wrong");
  tool.app().add_option("--compression", options.compression,
                        "gzip or zstd, for layers that were never compressed");
  tool.app().add_option("--tls-verify", options.tls_verify, "false: also http and unknown certificates");
  tool.app().add_option("--creds", options.credentials, "USER:PASSWORD for the registry");
  tool.app().add_option("--authfile", options.authfile, "file with credentials, as containers-auth.json(5)");
  tool.complete(source, [](std::string_view) { return store::image_names(); });
  return tool.run(argc, argv, [&] {
    const EndRequest signals;
    const auto store = store::Store::open([&](const std::string& text) { tool.warn(text); });
    const store::Lease lease(store);
    transfer::ProgressLine line("pushed");
    const transfer::Pushed pushed =
        push_as_asked(lease, options, options.quiet ? transfer::Progress{} : line.progress());
    const std::string summary = line.finish();
    if (!summary.empty()) tool.warn(summary);
    std::printf("%s\n", pushed.root.digest.str().c_str());
    return 0;
  });
}
