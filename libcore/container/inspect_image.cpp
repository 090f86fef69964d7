#include "libcore/container/inspect_image.hpp"

#include "libcore/base/text.hpp"

namespace husk::container {
namespace {

using List = Value::List;
using Object = Value::Object;

Value null_or_list(const std::optional<std::vector<std::string>>& texts) {
  return texts ? Value(to_list(*texts)) : Value();
}

Value null_or_keys(const std::set<std::string>& names) {
  if (names.empty()) return {};
  Object object;
  for (const std::string& name : names) object.push_back({name, Object{}});
  return object;
}

Value inspect_healthcheck(const oci::Healthcheck& check) {
  return Object{{"Test", to_list(check.test)},
                {"Interval", check.interval},
                {"Timeout", check.timeout},
                {"StartPeriod", check.start_period},
                {"StartInterval", check.start_interval},
                {"Retries", check.retries}};
}

Value inspect_settings(const oci::ImageConfig& config) {
  Object object = {
      {"User", config.user},
      {"ExposedPorts", null_or_keys(config.exposed_ports)},
      {"Env", to_list(config.env)},
      {"Cmd", null_or_list(config.cmd)},
      {"Volumes", null_or_keys(config.volumes)},
      {"WorkingDir", config.working_dir},
      {"Entrypoint", null_or_list(config.entrypoint)},
      {"OnBuild", config.on_build.empty() ? Value() : Value(to_list(config.on_build))},
      {"Labels", config.labels.empty() ? Value() : Value(to_object(config.labels))},
      {"StopSignal", config.stop_signal},
      {"Shell", null_or_list(config.shell)},
      {"ArgsEscaped", config.args_escaped},
  };
  if (config.healthcheck) object.push_back({"Healthcheck", inspect_healthcheck(*config.healthcheck)});
  return object;
}

}  // namespace

Value inspect_image(const store::Store& store, const store::Tag& tag) {
  const oci::ImageConfig config = store::read_config(store, tag.image_id);
  List names;
  List digests;
  for (const store::Tag& each : store::list_tags(store)) {
    if (each.image_id != tag.image_id || !each.reference) continue;
    if (!each.reference->tag.empty())
      names.emplace_back(cat(each.reference->familiar_name(), ":", each.reference->tag));
    const oci::Digest& digest = each.index ? each.index->digest : each.manifest.digest;
    digests.emplace_back(cat(each.reference->familiar_name(), "@", digest.str()));
  }
  List layers;
  for (const oci::Digest& diff_id : config.diff_ids) layers.emplace_back(diff_id.str());
  return Object{
      {"Id", tag.image_id.str()},
      {"RepoTags", names},
      {"RepoDigests", digests},
      {"Comment", config.history.empty() ? "" : config.history.back().comment},
      {"Created", config.created},
      {"Author", config.author},
      {"Architecture", config.platform.architecture},
      {"Variant", config.platform.variant},
      {"Os", config.platform.os},
      {"OsVersion", config.os_version},
      {"Size", tag.size},
      {"Config", inspect_settings(config)},
      {"RootFS", Object{{"Type", "layers"}, {"Layers", layers}}},
      {"Metadata", Object{{"LastTagTime", tag.time}}},
  };
}

}  // namespace husk::container
