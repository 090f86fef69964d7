#include "libcore/build/print_check.hpp"
#include "libcore/registry/base64.hpp"

#include <nlohmann/json.hpp>

// The objects of BuildKit's frontend/subrequests, without the definitions of its build graph.

namespace husk::build {
namespace {

using dockerfile::Dockerfile;
using dockerfile::Outline;
using Json = nlohmann::ordered_json;

Json place(int first, int last) {
  return {{"ranges", Json::array({{{"start", {{"line", first}}}, {"end", {{"line", last}}}}})}};
}

void put(Json& object, const char* key, const std::string& text) {
  if (!text.empty()) object[key] = text;
}

std::string print(const Json& object) {
  return object.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json sources_of(const Dockerfile& file) { return Json::array({registry::encode_base64(file.source.text())}); }

Json secrets_of(const std::vector<Outline::Secret>& secrets) {
  Json out = Json::array();
  for (const Outline::Secret& secret : secrets) {
    Json each = {{"name", secret.name}};
    if (secret.required) each["required"] = true;
    each["location"] = place(secret.first_line, secret.last_line);
    out.push_back(std::move(each));
  }
  return out;
}

}  // namespace

std::string print_check_json(const Dockerfile& file, const dockerfile::LintResult& result,
                             const dockerfile::Diagnostics& diagnostics) {
  Json warnings = Json::array();
  for (const dockerfile::LintWarning& warning : result.warnings) {
    const dockerfile::RuleInfo& rule = dockerfile::info_of(warning.rule);
    warnings.push_back({{"ruleName", rule.name},
                        {"description", rule.description},
                        {"url", rule.url()},
                        {"detail", warning.detail},
                        {"level", 1},
                        {"location", place(warning.first_line, warning.last_line)}});
  }
  Json out = {{"warnings", std::move(warnings)},
              {"sources", Json::array({{{"filename", file.source.name()},
                                        {"language", "Dockerfile"},
                                        {"data", registry::encode_base64(file.source.text())}}})}};
  if (!diagnostics.empty()) {
    const dockerfile::SyntaxError& error = diagnostics.errors().front();
    out["buildError"] = {{"message", error.what()}, {"location", place(error.at().line, error.at().line)}};
  } else if (result.is_error) {
    const auto& first = result.warnings.front();
    out["buildError"] = {{"message", result.violation()},
                         {"location", place(first.first_line, first.last_line)}};
  }
  return print(out);
}

std::string print_outline_json(const Dockerfile& file, const Outline& outline) {
  Json out = Json::object();
  put(out, "name", outline.name);
  put(out, "description", outline.description);
  for (const Outline::Argument& argument : outline.arguments) {
    Json each = {{"name", argument.name}};
    put(each, "description", argument.description);
    put(each, "value", argument.value);
    each["location"] = place(argument.first_line, argument.last_line);
    out["args"].push_back(std::move(each));
  }
  if (!outline.secrets.empty()) out["secrets"] = secrets_of(outline.secrets);
  if (!outline.agents.empty()) out["ssh"] = secrets_of(outline.agents);
  out["sources"] = sources_of(file);
  return print(out);
}

std::string print_targets_json(const Dockerfile& file) {
  Json targets = Json::array();
  for (const dockerfile::Stage& stage : file.stages) {
    Json each = Json::object();
    put(each, "name", stage.from.name);
    if (&stage == &file.stages.back()) each["default"] = true;
    put(each, "description", dockerfile::description_of(stage.instruction.comments, stage.from.name));
    put(each, "base", stage.from.image.text);
    put(each, "platform", stage.from.platform.text);
    each["location"] = place(stage.instruction.first_line, stage.instruction.last_line);
    targets.push_back(std::move(each));
  }
  return print({{"targets", std::move(targets)}, {"sources", sources_of(file)}});
}

}  // namespace husk::build
