#include "libcore/base/error.hpp"
#include "libcore/base/sys.hpp"
#include "libcore/oci/descriptor_json.hpp"
#include "libcore/store/layers.hpp"
#include "libcore/store/state_file.hpp"

namespace husk::store {
namespace {

constexpr const char* hints = "layer-blobs";
constexpr std::size_t max_hint_size = 1 << 16;

}  // namespace

std::optional<oci::Descriptor> find_layer_blob(const Store& store, const oci::Digest& diff_id) {
  const auto text = find_state_file(store, cat(hints, "/", diff_id.hex()), max_hint_size);
  if (!text) return std::nullopt;
  try {
    const nlohmann::json json = oci::parse_json(*text, "layer blob");
    return oci::parse_descriptor(oci::JsonObject(json, ""));
  } catch (const Error&) {
    return std::nullopt;  // a hint that a power failure cut short
  }
}

void remember_layer_blob(const Lease& lease, const oci::Digest& diff_id, const oci::Descriptor& blob) {
  if (find_layer_blob(lease.store(), diff_id) == blob) return;
  write_state_file(lease, hints, std::string(diff_id.hex()), oci::print_descriptor(blob).dump(),
                   Durability::lazy);
  sys::reached("layer.blob_remembered");
}

}  // namespace husk::store
