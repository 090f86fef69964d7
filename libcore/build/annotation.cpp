#include "libcore/build/annotation.hpp"

#include "libcore/base/error.hpp"

#include <algorithm>
#include <array>

namespace husk::build {
namespace {

using Level = Annotation::Level;

constexpr std::array<std::pair<std::string_view, Level>, 4> levels = {
    {{"manifest", Level::manifest},
     {"index", Level::index},
     {"manifest-descriptor", Level::manifest_descriptor},
     {"index-descriptor", Level::index_descriptor}}};

bool is_of_index(Level level) { return level == Level::index || level == Level::index_descriptor; }

// "manifest[linux/amd64]"
Annotation parse_level(std::string_view text) {
  Annotation annotation;
  const auto bracket = text.find('[');
  const auto found = std::find_if(levels.begin(), levels.end(),
                                  [&](const auto& each) { return each.first == text.substr(0, bracket); });
  if (found == levels.end())
    throw Error(cat(quote(text), " is not manifest, index, manifest-descriptor or index-descriptor"),
                Exit::usage);
  annotation.level = found->second;
  if (bracket == std::string_view::npos) return annotation;
  if (!text.ends_with(']')) throw Error("there is no ] after the platform", Exit::usage);
  if (is_of_index(annotation.level)) throw Error("an index is for all platforms", Exit::usage);
  annotation.platform = oci::parse_platform(text.substr(bracket + 1, text.size() - bracket - 2));
  return annotation;
}

}  // namespace

std::vector<Annotation> parse_annotations(std::string_view text) {
  return in_context([&] { return cat("--annotation ", quote(text)); },
                    [&] {
                      const auto equals = text.find('=');
                      if (equals == std::string_view::npos) throw Error("expected NAME=VALUE", Exit::usage);
                      std::string_view name = text.substr(0, equals), types = "manifest";
                      if (const auto colon = name.find(':'); colon != std::string_view::npos) {
                        types = name.substr(0, colon);
                        name.remove_prefix(colon + 1);
                      }
                      if (name.empty()) throw Error("no name", Exit::usage);
                      std::vector<Annotation> annotations;
                      for (;;) {
                        const auto comma = types.find(',');
                        annotations.push_back(parse_level(types.substr(0, comma)));
                        annotations.back().name = name;
                        annotations.back().value = text.substr(equals + 1);
                        if (comma == std::string_view::npos) return annotations;
                        types.remove_prefix(comma + 1);
                      }
                    });
}

std::map<std::string, std::string> select_annotations(const std::vector<Annotation>& annotations, Level level,
                                                      const oci::Platform& platform) {
  std::map<std::string, std::string> selected;
  for (const Annotation& each : annotations) {
    if (each.level == level && each.platform.value_or(platform) == platform) selected[each.name] = each.value;
  }
  return selected;
}

}  // namespace husk::build
