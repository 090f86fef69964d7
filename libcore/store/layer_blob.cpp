#include "libcore/base/error.hpp"
#include "libcore/base/random.hpp"
#include "libcore/base/sys.hpp"
#include "libcore/oci/descriptor_json.hpp"
#include "libcore/store/layers.hpp"
#include "libcore/store/state_file.hpp"

#include <fcntl.h>

namespace husk::store {
namespace {

constexpr const char* directory_name = "layer-blobs";
constexpr std::size_t max_hint_size = 1 << 16;

}  // namespace

std::optional<oci::Descriptor> find_layer_blob(const Store& store, const oci::Digest& diff_id) {
  const auto text = find_state_file(store, cat(directory_name, "/", diff_id.hex()), max_hint_size);
  if (!text) return std::nullopt;
  try {
    const nlohmann::json json = oci::parse_json(*text, "layer blob");
    return oci::parse_descriptor(oci::JsonObject(json, ""));
  } catch (const Error&) {
    return std::nullopt;  // a hint that a power failure cut short
  }
}

void remember_layer_blob(const Store& store, const oci::Digest& diff_id, const oci::Descriptor& blob) {
  if (find_layer_blob(store, diff_id) == blob) return;
  const Fd directory = store.open_directory(directory_name);
  const Fd file = sys::create_at(directory.get(), ".", O_TMPFILE | O_WRONLY, 0600);
  sys::write_all(file.get(), oci::print_descriptor(blob).dump(), directory_name);
  // Not replaced in one step: a reader in between sees no hint, which is no harm.
  (void)sys::try_unlink_at(directory.get(), std::string(diff_id.hex()), 0);
  (void)sys::try_link_file(file.get(), directory.get(), std::string(diff_id.hex()));
  sys::reached("layer.blob_remembered");
}

}  // namespace husk::store
