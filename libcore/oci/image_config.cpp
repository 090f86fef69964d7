#include "libcore/oci/image_config.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/time.hpp"
#include "libcore/oci/descriptor_json.hpp"
#include "libcore/oci/manifest.hpp"

namespace husk::oci {
namespace {

std::string time_text(const JsonObject& object, const char* name) {
  std::string text = object.text_or_empty(name);
  if (!text.empty() && !parse_rfc3339(text)) object.fail(name, "is not a time");
  return text;
}

Healthcheck parse_healthcheck(const JsonObject& object) {
  return {
      .test = object.texts("Test"),
      .interval = object.number_or_zero("Interval"),
      .timeout = object.number_or_zero("Timeout"),
      .start_period = object.number_or_zero("StartPeriod"),
      .start_interval = object.number_or_zero("StartInterval"),
      .retries = static_cast<int>(object.number_or_zero("Retries")),
  };
}

void parse_settings(const JsonObject& object, ImageConfig& config) {
  config.user = object.text_or_empty("User");
  config.exposed_ports = object.key_set("ExposedPorts");
  config.env = object.texts("Env");
  for (const std::string& variable : config.env) {
    if (variable.find('=') == std::string::npos || variable.starts_with('=')) {
      object.fail("Env", cat("has ", quote(variable), ", which is not NAME=VALUE"));
    }
  }
  config.entrypoint = object.find_texts("Entrypoint");
  config.cmd = object.find_texts("Cmd");
  config.volumes = object.key_set("Volumes");
  config.working_dir = object.text_or_empty("WorkingDir");
  config.labels = object.text_map("Labels");
  config.stop_signal = object.text_or_empty("StopSignal");
  config.args_escaped = object.flag("ArgsEscaped");
  if (const auto check = object.find_object("Healthcheck")) config.healthcheck = parse_healthcheck(*check);
  config.on_build = object.texts("OnBuild");
  config.shell = object.find_texts("Shell");
}

void parse_rootfs(const JsonObject& object, ImageConfig& config) {
  if (object.text("type") != "layers") object.fail("type", "is not \"layers\"");
  for (const std::string& text : object.texts("diff_ids")) {
    const auto digest = Digest::parse(text);
    if (!digest) object.fail("diff_ids", cat("has ", quote(text), ", which is not a sha256 digest"));
    config.diff_ids.push_back(*digest);
  }
  if (config.diff_ids.size() > max_layers)
    object.fail("diff_ids", cat("has more than ", max_layers, " layers"));
}

HistoryEntry parse_history_entry(const JsonObject& object) {
  return {
      .created = time_text(object, "created"),
      .created_by = object.text_or_empty("created_by"),
      .comment = object.text_or_empty("comment"),
      .author = object.text_or_empty("author"),
      .empty_layer = object.flag("empty_layer"),
  };
}

// Members that are at their zero value are left out, as Go's "omitempty" does it.
void put(Json& json, const char* name, const std::string& value) {
  if (!value.empty()) json[name] = value;
}

void put_keys(Json& json, const char* name, const std::set<std::string>& keys) {
  for (const std::string& key : keys) json[name][key] = Json::object();
}

Json print_healthcheck(const Healthcheck& check) {
  Json json = Json::object();
  if (!check.test.empty()) json["Test"] = check.test;
  if (check.interval != 0) json["Interval"] = check.interval;
  if (check.timeout != 0) json["Timeout"] = check.timeout;
  if (check.start_period != 0) json["StartPeriod"] = check.start_period;
  if (check.start_interval != 0) json["StartInterval"] = check.start_interval;
  if (check.retries != 0) json["Retries"] = check.retries;
  return json;
}

Json print_settings(const ImageConfig& config) {
  Json json = Json::object();
  put(json, "User", config.user);
  put_keys(json, "ExposedPorts", config.exposed_ports);
  if (!config.env.empty()) json["Env"] = config.env;
  if (config.entrypoint) json["Entrypoint"] = *config.entrypoint;
  if (config.cmd) json["Cmd"] = *config.cmd;
  put_keys(json, "Volumes", config.volumes);
  put(json, "WorkingDir", config.working_dir);
  if (!config.labels.empty()) json["Labels"] = config.labels;
  put(json, "StopSignal", config.stop_signal);
  if (config.args_escaped) json["ArgsEscaped"] = true;
  if (config.healthcheck) json["Healthcheck"] = print_healthcheck(*config.healthcheck);
  if (!config.on_build.empty()) json["OnBuild"] = config.on_build;
  if (config.shell) json["Shell"] = *config.shell;
  return json;
}

Json print_history_entry(const HistoryEntry& entry) {
  Json json = Json::object();
  put(json, "created", entry.created);
  put(json, "created_by", entry.created_by);
  put(json, "comment", entry.comment);
  put(json, "author", entry.author);
  if (entry.empty_layer) json["empty_layer"] = true;
  return json;
}

}  // namespace

ImageConfig parse_image_config(const Verified& document) {
  if (document.bytes().size() > max_manifest_size) {
    throw Error(cat("the image configuration is larger than ", max_manifest_size, " bytes"));
  }
  const nlohmann::json json = parse_json(document.bytes(), "the image configuration");
  return in_context([] { return "image configuration"; },
                    [&] {
                      const JsonObject top(json, "");
                      ImageConfig config;
                      config.created = time_text(top, "created");
                      config.author = top.text_or_empty("author");
                      config.platform = parse_platform_object(top);
                      config.os_version = top.text_or_empty("os.version");
                      if (const auto settings = top.find_object("config")) parse_settings(*settings, config);
                      parse_rootfs(top.object("rootfs"), config);
                      for (const JsonObject& entry : top.objects("history")) {
                        config.history.push_back(parse_history_entry(entry));
                      }
                      return config;
                    });
}

std::string print_image_config(const ImageConfig& config) {
  Json json = Json::object();
  put(json, "created", config.created);
  put(json, "author", config.author);
  json["architecture"] = config.platform.architecture;
  put(json, "variant", config.platform.variant);
  json["os"] = config.platform.os;
  put(json, "os.version", config.os_version);
  json["config"] = print_settings(config);
  Json& diff_ids = json["rootfs"]["diff_ids"] = Json::array();
  for (const Digest& digest : config.diff_ids) diff_ids.push_back(digest.str());
  json["rootfs"]["type"] = "layers";
  for (const HistoryEntry& entry : config.history) json["history"].push_back(print_history_entry(entry));
  try {
    return json.dump();
  } catch (const nlohmann::json::exception&) {
    throw Error("the image configuration has text that is not UTF-8");
  }
}

}  // namespace husk::oci
