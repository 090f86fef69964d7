#include "libcore/base/environment.hpp"
#include "libcore/registry/client.hpp"

#include <algorithm>

namespace husk::registry {

Tls read_certificates(const std::string& registry) {
  Tls tls;
  for (const std::filesystem::path& base :
       {xdg_config_home() / "containers", std::filesystem::path("/etc/containers"),
        std::filesystem::path("/etc/docker")}) {
    std::vector<std::filesystem::path> files;
    std::error_code missing;
    for (const auto& each : std::filesystem::directory_iterator(base / "certs.d" / registry, missing)) {
      files.push_back(each.path());
    }
    std::ranges::sort(files);
    for (const auto& each : files) {
      if (each.extension() == ".crt" && tls.ca_file.empty()) tls.ca_file = each;
      if (each.extension() == ".cert" && tls.client_certificate.empty()) tls.client_certificate = each;
      if (each.extension() == ".key" && tls.client_key.empty()) tls.client_key = each;
    }
  }
  return tls;
}

}  // namespace husk::registry
