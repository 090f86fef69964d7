#include "libcore/build/stage_result.hpp"

#include "libcore/base/message.hpp"

namespace husk::build {

std::string print_stage_result(const StageResult& result) {
  std::string out;
  add_field(out, result.key);
  add_field(out, oci::print_image_config(result.config));
  add_field(out, result.unsquashed ? cat(*result.unsquashed) : "");
  add_field(out, print_materials(result.materials));
  for (const std::string& key : result.keys) add_field(out, key);
  return out;
}

StageResult parse_stage_result(std::string_view text) {
  std::string key = take_field(text);
  StageResult result{.config = oci::parse_image_config(oci::Verified::name(take_field(text), "")),
                     .key = std::move(key)};
  const std::string unsquashed = take_field(text);
  if (!unsquashed.empty()) result.unsquashed = std::stoul(unsquashed);
  result.materials = parse_materials(take_field(text));
  while (!text.empty()) result.keys.push_back(take_field(text));
  return result;
}

}  // namespace husk::build
