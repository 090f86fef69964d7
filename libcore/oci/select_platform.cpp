#include "libcore/base/error.hpp"
#include "libcore/oci/attestation.hpp"
#include "libcore/oci/manifest.hpp"

#include <algorithm>

namespace husk::oci {
namespace {

// "v7" is 7; anything else is 0.
int level(const std::string& variant) {
  return variant.size() == 2 && variant[0] == 'v' && variant[1] >= '1' && variant[1] <= '9' ? variant[1] - '0'
                                                                                            : 0;
}

// What a machine of PLATFORM runs, best first: containerd, platforms/compare.go, platformVector().
std::vector<Platform> compatible(const Platform& platform) {
  std::vector<Platform> all = {platform};
  const auto add = [&](const char* architecture, std::string variant) {
    all.push_back({platform.os, architecture, std::move(variant)});
  };
  const int own = level(platform.variant);
  if (platform.architecture == "amd64") {
    for (int lower = own - 1; lower >= 1; --lower) add("amd64", lower == 1 ? "" : cat("v", lower));
    add("386", "");
  } else if (platform.architecture == "arm") {
    for (int lower = own - 1; lower >= 5; --lower) add("arm", cat("v", lower));
  } else if (platform.architecture == "arm64") {
    if (!platform.variant.empty()) add("arm64", "");
    for (int lower = 8; lower >= 5; --lower) add("arm", cat("v", lower));
  }
  return all;
}

// An entry may call amd64 "x86_64", and leave out the variant that goes without saying.
std::optional<Platform> normal_platform(const Platform& platform) {
  try {
    return parse_platform(platform.str());
  } catch (const Error&) {
    return std::nullopt;  // not a platform anybody could ask for
  }
}

std::optional<Platform> normal_platform(const Descriptor& entry) {
  return entry.platform ? normal_platform(*entry.platform) : std::nullopt;
}

[[noreturn]] void refuse(const Index& index, const Platform& platform) {
  std::string there;
  for (const Descriptor& entry : index.manifests) {
    if (!entry.platform || is_attestation(entry)) continue;
    const std::string name = escape(entry.platform->str());
    if (there.find(name) == std::string::npos) there += (there.empty() ? "" : ", ") + name;
  }
  Error error(cat("no image for platform ", platform.str()));
  error.set_hint(there.empty() ? "the index names no platform"
                               : cat("there are: ", there, "; choose with --platform"));
  throw error;
}

}  // namespace

const Descriptor& select_platform(const Index& index, const Platform& platform) {
  for (const Platform& wanted : compatible(parse_platform(platform.str()))) {
    for (const Descriptor& entry : index.manifests) {
      if (!is_attestation(entry) && normal_platform(entry) == wanted) return entry;
    }
  }
  // An index that says nothing about platforms has images for all.
  for (const Descriptor& entry : index.manifests) {
    if (!entry.platform) return entry;
  }
  refuse(index, platform);
}

bool is_for(const Platform& image, const Platform& platform) {
  const auto normal = normal_platform(image);
  const auto all = compatible(parse_platform(platform.str()));
  return normal && std::ranges::find(all, *normal) != all.end();
}

}  // namespace husk::oci
