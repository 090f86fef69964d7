#include "libcore/transfer/import.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/time.hpp"
#include "libcore/store/layers.hpp"

namespace husk::transfer {

store::Tag import_image(const store::Lease& lease, const userns::IdMap& map, int tar_fd,
                        const oci::Reference& reference, const ImportOptions& options) {
  oci::ImageConfig config;
  config.platform = options.platform;
  for (const std::string& change : options.changes) apply_change(config, change);

  const store::LayerInfo layer =
      in_context([&] { return cat("import ", quote(options.source)); },
                 [&] { return store::unpack_layer(lease, map, tar_fd, std::nullopt); });
  config.created = format_rfc3339(options.source_date ? Time{*options.source_date, 0} : now());
  config.diff_ids = {layer.diff_id};
  oci::HistoryEntry entry;
  entry.created = config.created;
  entry.comment = options.message.empty() ? "Imported from " + options.source : options.message;
  config.history = {entry};
  return store::write_image(lease, config, reference);
}

}  // namespace husk::transfer
