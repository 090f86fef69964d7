#include "libcore/cli/row_format.hpp"
#include "libcore/cli/tool.hpp"
#include "libcore/store/check.hpp"
#include "libcore/store/gc.hpp"

#include <algorithm>
#include <cstdio>

namespace {

using namespace husk;

struct Options {
  bool full = false;
  bool repair = false;
  bool quiet = false;
  std::string format;
};

cli::Row make_row(const store::Finding& finding) {
  return {std::string(store::problem_name(finding.problem)), escape(finding.object), escape(finding.detail),
          finding.repaired ? "yes" : "no"};
}

void report(const cli::Tool& tool, const store::CheckResult& result) {
  if (result.cleaned > 0) tool.warn(cat("removed what ", result.cleaned, " killed processes left behind"));
  if (result.reclaimable > 0) {
    tool.warn(
        cat(cli::format_size(result.reclaimable), " that nobody needs can be freed by husk-rmi or --repair"));
  }
  if (result.findings.empty()) tool.warn("the store is sound");
}

int check(const cli::Tool& tool, const Options& options) {
  const cli::RowFormat format(
      options.format.empty() ? "{{.Problem}}: {{.Object}}: {{.Detail}}; repaired: {{.Repaired}}"
                             : options.format,
      {{"Problem", "PROBLEM"}, {"Object", "OBJECT"}, {"Detail", "DETAIL"}, {"Repaired", "REPAIRED"}});
  const auto store = store::Store::open([&](const std::string& text) { tool.warn(text); });
  store::CheckResult result;
  {
    const store::Lease lease(store);
    result = store::check_store(lease, options.full ? store::Depth::full : store::Depth::quick,
                                options.repair ? store::Repair::yes : store::Repair::no);
  }
  if (options.repair) (void)store::collect_garbage(store);
  std::vector<cli::Row> rows;
  for (const store::Finding& finding : result.findings) rows.push_back(make_row(finding));
  std::fputs(format.print(rows).c_str(), stdout);
  if (!options.quiet) report(tool, result);
  const bool sound = std::ranges::all_of(result.findings, [](const auto& each) { return each.repaired; });
  return sound ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  cli::Tool tool("husk-fsck", "Check the store and mend it");
  Options options;
  auto& app = tool.app();
  app.add_flag("--full", options.full, "Read all blobs and layers, too");
  app.add_flag("--repair", options.repair,
               "Put aside what is damaged, make anew what can be, free what nobody needs");
  app.add_flag("-q,--quiet", options.quiet, "Print findings only");
  app.add_option("--format", options.format, "json, or a template: '{{.Problem}} {{.Object}}'");
  return tool.run(argc, argv, [&] { return check(tool, options); });
}
