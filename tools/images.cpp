#include "libcore/store/images.hpp"
#include "libcore/base/time.hpp"
#include "libcore/cli/row_format.hpp"
#include "libcore/cli/tool.hpp"
#include "libcore/oci/reference_pattern.hpp"
#include "libcore/store/names.hpp"

#include <cstdio>
#include <set>

namespace {

using namespace husk;

struct Options {
  std::string name;
  std::string format;
  bool quiet = false;
  bool whole = false;
  bool digests = false;
};

const std::vector<cli::Column> columns = {
    {"Repository", "REPOSITORY"},
    {"Tag", "TAG"},
    {"Digest", "DIGEST"},
    {"ID", "IMAGE ID"},
    {"CreatedAt", "CREATED AT"},
    {"CreatedSince", "CREATED"},
    {"Size", "SIZE"},
};

cli::Row make_row(const store::Tag& tag, const Options& options) {
  constexpr std::size_t short_id = 12;
  const std::string none = "<none>";
  const auto created = parse_rfc3339(tag.created);
  const oci::Digest& digest = tag.index ? tag.index->digest : tag.manifest.digest;
  return {
      tag.reference ? tag.reference->familiar_name() : none,
      tag.reference && !tag.reference->tag.empty() ? tag.reference->tag : none,
      digest.str(),
      options.whole ? tag.image_id.str() : std::string(tag.image_id.hex().substr(0, short_id)),
      tag.created.empty() ? "N/A" : tag.created,
      created ? format_age(*created, now()) + " ago" : "N/A",
      cli::format_size(tag.size),
  };
}

// "node" is every tag of it, "node:20" the one, "no*" what has such a name.
bool is_wanted(const store::Tag& tag, const std::string& name) {
  if (name.empty()) return true;
  if (!tag.reference) return false;
  if (oci::is_reference_pattern(name)) return oci::matches_pattern(*tag.reference, name);
  const oci::Reference wanted = oci::parse_reference(name);
  if (wanted.registry != tag.reference->registry || wanted.repository != tag.reference->repository)
    return false;
  const bool has_tag =
      name.find(':', name.rfind('/') == std::string::npos ? 0 : name.rfind('/')) != std::string::npos;
  return !has_tag || (wanted.tag == tag.reference->tag && wanted.digest == tag.reference->digest);
}

std::string default_format(const Options& options) {
  const std::string digest = options.digests ? "{{.Digest}}\t" : "";
  return "table {{.Repository}}\t{{.Tag}}\t" + digest + "{{.ID}}\t{{.CreatedSince}}\t{{.Size}}";
}

int list(const cli::Tool& tool, const Options& options) {
  const auto store = store::Store::open([&](const std::string& text) { tool.warn(text); });
  const cli::RowFormat format(options.quiet            ? "{{.ID}}"
                              : options.format.empty() ? default_format(options)
                                                       : options.format,
                              columns);
  std::vector<cli::Row> rows;
  std::set<oci::Digest> seen;
  for (const store::Tag& tag : store::list_tags(store)) {
    if (!is_wanted(tag, options.name)) continue;
    if (options.quiet && !seen.insert(tag.image_id).second) continue;
    rows.push_back(make_row(tag, options));
  }
  std::fputs(format.print(rows).c_str(), stdout);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  cli::Tool tool("husk-images", "List the images in the store");
  Options options;
  auto& app = tool.app();
  auto* const name =
      app.add_option("NAME", options.name, "Only images with this name, or with one that a pattern matches");
  app.add_flag("-q,--quiet", options.quiet, "Print the ids only");
  app.add_flag("--no-trunc", options.whole, "Print whole ids");
  app.add_flag("--digests", options.digests, "Print the digests, too");
  app.add_option("--format", options.format, "json, or a template: '{{.Repository}}:{{.Tag}}'");
  tool.complete(name, [](std::string_view) { return store::image_names(); });
  return tool.run(argc, argv, [&] { return list(tool, options); });
}
