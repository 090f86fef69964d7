#include "libcore/oci/layout.hpp"

#include "libcore/base/error.hpp"
#include "libcore/oci/json.hpp"

namespace husk::oci {

void check_layout_marker(std::string_view text) {
  const nlohmann::json json = parse_json(text, "oci-layout");
  const std::string version = JsonObject(json, "").text("imageLayoutVersion");
  if (version != "1.0.0") throw Error(cat("image layout version ", quote(version), " is not known"));
}

}  // namespace husk::oci
