#include "libcore/build/step_mounts.hpp"

#include "libcore/base/at.hpp"
#include "libcore/base/error.hpp"
#include "libcore/build/context_mask.hpp"
#include "libcore/build/fill_cache.hpp"
#include "libcore/build/select_sources.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <algorithm>
#include <chrono>
#include <thread>

namespace husk::build {
namespace {

using dockerfile::RunMount;
using dockerfile::SyntaxError;
using Type = RunMount::Type;

store::CacheSharing sharing_of(const RunMount& mount) {
  switch (mount.sharing) {
    case RunMount::Sharing::shared: return store::CacheSharing::shared;
    case RunMount::Sharing::own: return store::CacheSharing::own;
    case RunMount::Sharing::locked: return store::CacheSharing::locked;
  }
  return store::CacheSharing::shared;
}

store::WaitForCache wait_for(const Session& session, const std::string& id) {
  using Clock = std::chrono::steady_clock;
  return [&session, id, began = Clock::now(), told = false]() mutable {
    check_interrupted();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    if (told || Clock::now() - began < std::chrono::seconds(1)) return;
    session.report({.kind = Event::Kind::note,
                    .text = cat("waiting for the cache ", quote(id), ", which another step uses")});
    told = true;
  };
}

// Links in it are resolved already.
std::filesystem::path path_of(const Fd& fd) {
  return std::filesystem::read_symlink(cat("/proc/self/fd/", fd.get()));
}

template <class Sources>
auto find_source(const Sources& sources, const std::string& id) {
  return std::find_if(sources.begin(), sources.end(), [&](const auto& each) { return each.id == id; });
}

}  // namespace

StepMounts::StepMounts(const Session& session, const std::vector<MountOrder>& orders) : session_(session) {
  open_caches(orders);
  for (const MountOrder& order : orders) {
    try {
      add(order);
    } catch (const SyntaxError&) {
      throw;
    } catch (const Error& error) {
      SyntaxError located(order.mount.at, cat("RUN --mount: ", error.what()));
      located.set_hint(error.hint());
      throw located;
    }
  }
}

void StepMounts::add_to(runtime::Spec& spec) const {
  spec.volumes.insert(spec.volumes.end(), volumes_.begin(), volumes_.end());
  spec.mounts.insert(spec.mounts.end(), mounts_.begin(), mounts_.end());
  spec.environment.insert(spec.environment.end(), environment_.begin(), environment_.end());
}

store::CacheMountKey StepMounts::key_of(const MountOrder& order) const {
  return {.id = order.mount.id, .variant = cache_variant(order), .map = session_.map.kind};
}

// In the order of their names, so that two steps can't wait for each other; each once, in the strictest way
// that is asked for.
void StepMounts::open_caches(const std::vector<MountOrder>& orders) {
  std::map<std::string, const MountOrder*> wanted;
  for (const MountOrder& order : orders) {
    if (order.mount.type != Type::cache) continue;
    const MountOrder*& strictest = wanted[key_of(order).name()];
    if (strictest == nullptr || order.mount.sharing > strictest->mount.sharing) strictest = &order;
  }
  for (const auto& [name, order] : wanted) {
    caches_.emplace(name, store::open_cache_mount(
                              session_.lease, key_of(*order), sharing_of(order->mount),
                              [&, order = order](const auto& tree) { fill_cache(session_, *order, tree); },
                              wait_for(session_, order->mount.id)));
  }
}

void StepMounts::add(const MountOrder& order) {
  switch (order.mount.type) {
    case Type::bind: return add_bind(order);
    case Type::cache: return add_cache(order);
    case Type::tmpfs:
      mounts_.push_back({.target = order.mount.target,
                         .read_only = order.mount.read_only,
                         .what = runtime::MemoryMount{order.mount.size.value_or(0)}});
      return;
    case Type::secret: return add_secret(order);
    case Type::ssh: return add_agent(order);
  }
}

// What is written goes to a directory that nobody ever reads.
runtime::Rootfs StepMounts::with_scratch(runtime::Rootfs tree) {
  const store::PendingLayer& scratch = scratch_.emplace_back(session_.lease, session_.map);
  tree.upper = scratch.tree();
  tree.work = scratch.work();
  return tree;
}

void StepMounts::add_bind(const MountOrder& order) {
  const RunMount& mount = order.mount;
  if (order.source->context != nullptr) return add_directory(order, *order.source->context);
  runtime::Rootfs tree = rootfs_of(session_, *order.source);
  if (!mount.read_only || tree.lower.empty()) tree = with_scratch(std::move(tree));
  mounts_.push_back({.target = mount.target,
                     .read_only = mount.read_only,
                     .what = runtime::TreeMount{std::move(tree), mount.source}});
}

void StepMounts::add_directory(const MountOrder& order, Context& context) {
  const RunMount& mount = order.mount;
  const auto mask = make_mask(session_.lease, context, as_copy(order).patterns.front().text);
  if (!mask && mount.read_only) {
    const Fd source = open_in_root(context.root(), mount.source, O_PATH);
    volumes_.push_back(
        {.source = path_of(source), .target = mount.target, .read_only = runtime::ReadOnly::all});
    return;
  }
  const Fd root = open_in_root(context.root(), "/", O_PATH);
  runtime::Rootfs tree{.lower = {path_of(root)}, .upper = {}, .work = {}};
  if (mask) tree.lower.insert(tree.lower.begin(), *mask);
  if (!mount.read_only) tree = with_scratch(std::move(tree));
  mounts_.push_back({.target = mount.target,
                     .read_only = mount.read_only,
                     .what = runtime::TreeMount{std::move(tree), mount.source}});
}

void StepMounts::add_cache(const MountOrder& order) {
  runtime::Rootfs tree;
  tree.upper = caches_.at(key_of(order).name()).tree();
  // Of what the cache was made from, SOURCE is all that it has.
  const std::string path = order.source ? "/" : order.mount.source;
  mounts_.push_back({.target = order.mount.target,
                     .read_only = order.mount.read_only,
                     .what = runtime::TreeMount{std::move(tree), path}});
}

void StepMounts::add_secret(const MountOrder& order) {
  const RunMount& mount = order.mount;
  const auto& sources = session_.options.run.secrets;
  const auto source = find_source(sources, mount.id);
  if (source == sources.end()) {
    if (!mount.required) return;
    SyntaxError error(mount.at, cat("secret ", escape(mount.id), ": not found"));
    error.set_hint(cat("husk-build --secret id=", escape(mount.id), ",src=FILE gives it to the build"));
    throw error;
  }
  const Fd& content = secrets_.emplace_back(open_secret(*source));
  if (mount.env) environment_.push_back(cat(*mount.env, "=", read_secret(content, mount.id)));
  if (mount.target.empty()) return;
  runtime::SecretMount secret{.content = content.get(), .mode = mount.mode.value_or(0400)};
  if (session_.map.kind == userns::MapKind::subordinate) {  // else there is only one to whom it can belong
    secret.uid = mount.uid.value_or(0);
    secret.gid = mount.gid.value_or(0);
  }
  mounts_.push_back({.target = mount.target, .read_only = true, .what = secret});
}

void StepMounts::add_agent(const MountOrder& order) {
  const RunMount& mount = order.mount;
  const auto& sources = session_.options.run.agents;
  const auto source = find_source(sources, mount.id);
  if (source == sources.end()) {
    if (!mount.required) return;
    SyntaxError error(mount.at, cat("ssh agent ", escape(mount.id), ": not found"));
    error.set_hint(cat("husk-build --ssh ", escape(mount.id), mount.id == "default" ? "" : "=SOCKET-OR-KEY",
                       " gives it to the build"));
    throw error;
  }
  const AgentSocket& agent = agents_.emplace_back(session_.lease, *source, mount.mode.value_or(0600));
  if (session_.map.kind == userns::MapKind::subordinate && (mount.uid || mount.gid)) {
    (void)session_.user_namespace.run([&]() -> std::string {
      if (::lchown(agent.path().c_str(), mount.uid.value_or(0), mount.gid.value_or(0)) != 0)
        throw_errno("set the owner of the socket");
      return "";
    });
  }
  if (agents_.size() == 1) environment_.push_back(cat("SSH_AUTH_SOCK=", mount.target));
  volumes_.push_back({.source = agent.path(), .target = mount.target});
}

}  // namespace husk::build
