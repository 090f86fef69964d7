#include "libcore/container/image_use.hpp"

#include "libcore/base/error.hpp"
#include "libcore/container/tool_process.hpp"
#include "libcore/store/layers.hpp"

#include <algorithm>
#include <optional>

namespace husk::container {

Pull parse_pull(std::string_view text) {
  if (text == "missing") return Pull::missing;
  if (text == "always") return Pull::always;
  if (text == "never") return Pull::never;
  if (text == "newer") return Pull::newer;
  throw Error(cat("--pull ", quote(text), ": missing, always, never and newer are known"), Exit::engine);
}

store::Tag resolve_image(const store::Store& store, const std::string& name, Pull pull) {
  const auto here = pull == Pull::always ? std::nullopt : store::find_image_if_any(store, name);
  if (here && pull != Pull::newer) return *here;
  if (pull == Pull::never) return store::find_image(store, name);  // says that there is none
  try {
    run_tool("husk-pull", {"--", name});
  } catch (const Error&) {
    if (!here) throw;
    store.warn(cat("the image ", quote(name), " is taken as it is here"));
  }
  return store::find_image(store, name);
}

void unpack_layers(const store::Store& store, const std::string& name, const std::string& userns,
                   userns::MapKind map, const std::vector<oci::Digest>& diff_ids) {
  const auto is_there = [&](const oci::Digest& diff_id) {
    return store::find_layer(store, map, diff_id).has_value();
  };
  if (std::ranges::all_of(diff_ids, is_there)) return;
  run_tool("husk-unpack", {"--userns", userns, "--", name});
  if (!std::ranges::all_of(diff_ids, is_there))
    throw Error(cat("the layers of ", quote(name), " are not in the store"));
}

}  // namespace husk::container
