#include "libcore/oci/platform.hpp"

#include "libcore/base/ascii.hpp"
#include "libcore/base/error.hpp"

#include <sys/utsname.h>
#include <algorithm>
#include <vector>

namespace husk::oci {
namespace {

bool is_part(std::string_view text) {
  const auto allowed = [](char c) { return is_alphanumeric(c) || c == '_' || c == '.' || c == '-'; };
  return !text.empty() && std::ranges::all_of(text, allowed);
}

bool is_system(std::string_view text) {
  const std::vector<std::string_view> known = {"aix",     "android", "darwin", "dragonfly", "freebsd",
                                               "illumos", "ios",     "js",     "linux",     "macos",
                                               "netbsd",  "openbsd", "plan9",  "solaris",   "windows"};
  return std::ranges::find(known, text) != known.end();
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0;;) {
    const auto slash = text.find('/', begin);
    parts.emplace_back(text.substr(begin, slash - begin));
    if (slash == std::string_view::npos) return parts;
    begin = slash + 1;
  }
}

// containerd, platforms/database.go: normalizeArch.
void normalize(Platform& platform) {
  if (platform.os == "macos") platform.os = "darwin";
  std::string& arch = platform.architecture;
  std::string& variant = platform.variant;
  if (arch == "i386") {
    arch = "386";
    variant.clear();
  } else if (arch == "x86_64" || arch == "x86-64" || arch == "amd64") {
    arch = "amd64";
    if (variant == "v1") variant.clear();
  } else if (arch == "aarch64" || arch == "arm64") {
    arch = "arm64";
    if (variant == "8" || variant == "v8" || variant == "v8.0") variant.clear();
    if (variant == "9" || variant == "9.0" || variant == "v9.0") variant = "v9";
  } else if (arch == "armhf") {
    arch = "arm";
    variant = "v7";
  } else if (arch == "armel") {
    arch = "arm";
    variant = "v6";
  } else if (arch == "arm") {
    if (variant.empty() || variant == "7") variant = "v7";
    if (variant == "5" || variant == "6" || variant == "8") variant = "v" + variant;
  }
}

[[noreturn]] void refuse(std::string_view text) {
  Error error(cat("invalid platform ", quote(text)), Exit::usage);
  error.set_hint("a platform is OS/ARCHITECTURE[/VARIANT], for example linux/amd64 or linux/arm/v7");
  throw error;
}

}  // namespace

std::string Platform::str() const {
  return variant.empty() ? cat(os, "/", architecture) : cat(os, "/", architecture, "/", variant);
}

Platform parse_platform(std::string_view text) {
  std::vector<std::string> parts = split(to_lower(text));
  if (parts.size() > 3 || !std::ranges::all_of(parts, is_part)) refuse(text);
  Platform platform;
  if (parts.size() == 1) {
    // One word is a system or a processor, as containerd has it.
    platform = is_system(parts[0]) ? Platform{parts[0], host_platform().architecture, ""}
                                   : Platform{host_platform().os, parts[0], ""};
  } else {
    platform = {parts[0], parts[1], parts.size() == 3 ? parts[2] : ""};
  }
  normalize(platform);
  return platform;
}

Platform host_platform() {
  utsname system{};
  if (::uname(&system) != 0) throw_errno("ask for the name of the system");
  const std::string machine = system.machine;
  Platform platform{"linux", machine, ""};
  // uname(2)'s names; what Go calls the same otherwise.
  if (machine == "i486" || machine == "i586" || machine == "i686") platform.architecture = "386";
  if (machine == "armv7l" || machine == "armv8l") platform = {"linux", "arm", "v7"};
  if (machine == "armv6l") platform = {"linux", "arm", "v6"};
  if (machine == "loongarch64") platform.architecture = "loong64";
  normalize(platform);
  return platform;
}

}  // namespace husk::oci
