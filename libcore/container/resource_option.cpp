#include "libcore/container/resource_option.hpp"

#include "libcore/base/error.hpp"
#include "libcore/container/in_engine.hpp"

namespace husk::container {
namespace {

std::optional<runtime::Delegation> delegation_for(const runtime::Resources& resources) {
  try {
    return runtime::find_delegation(resources);
  } catch (const Error&) {
    if (!resources.best_effort) throw;
    return std::nullopt;
  }
}

std::string join(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += cat(text.empty() ? "" : ", ", word);
  return text;
}

}  // namespace

PlannedResources plan_resources(const RunOptions& options) {
  PlannedResources planned;
  for (const auto& [option, value] : options.resources) {
    if (!value.empty()) planned.options.push_back(cat(option, "=", value));
  }
  if (planned.options.empty()) return planned;
  const auto resources = in_engine([&] { return runtime::parse_resources(planned.options); });
  if (!resources.any() || delegation_for(resources)) return planned;
  const auto limits = runtime::process_limits(resources, runtime::Affinity::allowed());
  if (!limits.applied.empty()) planned.note = cat("no cgroup: ", join(limits.applied));
  if (!limits.missing.empty())
    planned.note += cat(planned.note.empty() ? "no cgroup: " : "; ", "not applied: ", join(limits.missing));
  return planned;
}

ResourceScope::ResourceScope(const store::ContainerConfig& config) {
  const runtime::Resources resources = runtime::parse_resources(config.profile.resources);
  if (!resources.any()) return;
  if (const auto delegation = delegation_for(resources)) {
    group_.emplace(*delegation, resources, config.id);
  } else {
    limits_ = runtime::process_limits(resources, runtime::Affinity::allowed());
    affinity_.emplace(limits_.cpus);
  }
}

ResourceScope::ResourceScope(const store::ContainerConfig& config, pid_t pid) {
  const runtime::Resources resources = runtime::parse_resources(config.profile.resources);
  if (!resources.any()) return;
  // Without best effort the first process has a cgroup, or was not started.
  if (!resources.best_effort || runtime::is_in_group_of(pid, config.id)) {
    group_.emplace(pid);
  } else {
    limits_ = runtime::process_limits(resources, runtime::Affinity::allowed());
    affinity_.emplace(limits_.cpus);
  }
}

void ResourceScope::limit(runtime::Spec& spec) const {
  spec.limits.insert(spec.limits.end(), limits_.limits.begin(), limits_.limits.end());
}

void ResourceScope::leave() {
  if (group_) group_->leave();
  affinity_.reset();
}

}  // namespace husk::container
