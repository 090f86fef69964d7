#include "libcore/oci/seccomp_profile.hpp"

#include "libcore/base/error.hpp"
#include "libcore/oci/json.hpp"

namespace husk::oci {
namespace {

std::optional<std::uint64_t> find_size(const JsonObject& object, const char* name) {
  return object.find(name) == nullptr ? std::nullopt : std::optional(object.size(name));
}

SeccompArgument parse_argument(const JsonObject& object) {
  return {.index = object.size("index"),
          .value = find_size(object, "value").value_or(0),
          .value_two = find_size(object, "valueTwo").value_or(0),
          .comparison = object.text("op")};
}

SeccompCondition parse_condition(const std::optional<JsonObject>& object) {
  if (!object) return {};
  return {object->texts("caps"), object->texts("arches"), object->text_or_empty("minKernel")};
}

SeccompRule parse_rule(const JsonObject& object) {
  SeccompRule rule;
  rule.names = object.texts("names");
  if (std::string name = object.text_or_empty("name"); !name.empty()) rule.names.push_back(std::move(name));
  rule.action = object.text("action");
  rule.error = find_size(object, "errnoRet");
  for (const JsonObject& argument : object.objects("args"))
    rule.arguments.push_back(parse_argument(argument));
  rule.includes = parse_condition(object.find_object("includes"));
  rule.excludes = parse_condition(object.find_object("excludes"));
  return rule;
}

}  // namespace

SeccompProfile parse_seccomp_profile(std::string_view text) {
  const nlohmann::json document = parse_json(text, "seccomp profile");
  const JsonObject object(document, "");
  SeccompProfile profile;
  profile.default_action = object.text("defaultAction");
  profile.default_error = find_size(object, "defaultErrnoRet");
  profile.architectures = object.texts("architectures");
  for (const JsonObject& entry : object.objects("archMap")) {
    std::vector<std::string>& line = profile.architecture_map.emplace_back();
    line.push_back(entry.text("architecture"));
    for (std::string& each : entry.texts("subArchitectures")) line.push_back(std::move(each));
  }
  for (const JsonObject& rule : object.objects("syscalls")) profile.rules.push_back(parse_rule(rule));
  return profile;
}

}  // namespace husk::oci
