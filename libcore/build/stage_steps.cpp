#include "libcore/build/stage_builder.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/sys.hpp"
#include "libcore/build/cached_step.hpp"
#include "libcore/build/explain.hpp"
#include "libcore/build/image_key.hpp"
#include "libcore/build/imported_caches.hpp"
#include "libcore/build/roots.hpp"
#include "libcore/build/run_devices.hpp"
#include "libcore/build/run_step.hpp"
#include "libcore/build/unset_owners.hpp"
#include "libcore/runtime/user.hpp"
#include "libcore/store/containers.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <algorithm>
#include <chrono>
#include <memory>

// The steps of a stage that may change files.
namespace husk::build {
namespace {

using namespace dockerfile;

Owner owner_of_user(int root, const std::string& user) {
  runtime::Identity identity;
  if (user.empty()) return {};
  if (runtime::find_identity(root, runtime::parse_user(user), identity) != runtime::UserFailure::none) {
    throw Error(cat("USER ", quote(user), " is not in the image's /etc/passwd"));
  }
  return {identity.uid, identity.gid};
}

// A command that the kernel could not begin to execute.
void explain_foreign(Error& error, const oci::Platform& platform, const oci::Platform& build) {
  if (error.exit() != Exit::not_executable || oci::is_for(platform, build)) return;
  error.add_context(cat("a program for ", platform.str(), " on ", build.str()));
  error.set_hint(
      "the packages qemu-user-static and binfmt-support make the kernel run foreign programs; FROM "
      "--platform=$BUILDPLATFORM makes a stage run this machine's");
}

// The step as a container that can be started again: without its mounts, and without proxies, which may have
// passwords in them.
store::ContainerConfig container_of(const RunOrder& order) {
  store::ContainerConfig config;
  config.command = order.arguments;
  config.environment = order.key_environment;
  config.working_directory = order.working_directory;
  config.user = order.user;
  config.host_name = order.host_name;
  config.network = order.network == runtime::Network::host   ? "host"
                   : order.network == runtime::Network::none ? "none"
                                                             : "private";
  return config;
}

}  // namespace

bool StageBuilder::file_step(StepKey key, const std::string& history, Make make_files, Parent parent,
                             std::function<std::string()> files, store::ContainerConfig container) {
  const std::string time = step_time(session_.options);
  FileStep step{.key = {},
                .note = step_note(time, title_, key.parts()),
                .next_key = {},
                .history = history,
                .time = time,
                .make = std::move(make_files),
                .files = std::move(files),
                .container = std::move(container)};
  step.parts = key.parts();
  step.key = key.finish();
  step.next_key = step.key;
  key_ = step.key;
  keys_.push_back(step.key);
  if (parent == Parent::irrelevant) {
    StepKey stacked(state_.key, "LINK");
    stacked.add("layer", step.key);
    step.next_key = stacked.finish();
  }
  if (may_use_cache() && take_cached(step)) return true;
  if (effort_ == Effort::make) {
    make(step);
    return true;
  }
  missed_ = std::move(step);
  return false;
}

// --no-cache-filter names stages as --target does.
bool StageBuilder::may_use_cache() const {
  const auto index = static_cast<std::size_t>(&stage_ - shop_.file.stages.data());
  const auto& anew = session_.options.no_cache_stages;
  return session_.options.cache == Cache::use &&
         std::none_of(anew.begin(), anew.end(), [&](const std::string& name) {
           return find_stage(shop_.file, name, shop_.file.stages.size()) == index;
         });
}

// What the store knows, else an imported cache; its layer need not be here then.
std::optional<store::CacheRecord> StageBuilder::find_record(const std::string& key) const {
  const auto has_layer = [&](const store::CacheRecord& record) {
    return !record.diff_id || store::find_layer(session_.store(), session_.map.kind, *record.diff_id);
  };
  auto record = store::find_cache_record(session_.store(), key);
  if (record && has_layer(*record)) return record;
  record = session_.imported.find(key);
  if (!record) return std::nullopt;
  if (has_layer(*record)) {
    store::put_cache_record(session_.lease, key, *record);
  } else if (!session_.imported.has_layer(*record->diff_id)) {
    return std::nullopt;
  }
  return record;
}

bool StageBuilder::take_cached(const FileStep& step) {
  const auto record = find_record(step.key);
  if (!record) return false;
  report(Event::Kind::cached);
  const std::string created = created_of(record->note);
  time_ = std::max(time_, created);
  state_.key = step.next_key;
  add_history(step.history, created, record->diff_id ? Changes::files : Changes::nothing);
  if (record->diff_id) layers_.add_cached(*record->diff_id);
  return true;
}

void StageBuilder::make(const FileStep& step) {
  StepClaim claim(session_, step.key, [&] { layers_.settle(); });
  check_interrupted();
  if (claim.was_made() && take_cached(step)) return;
  report(Event::Kind::started);
  const std::string parts = step.parts + (step.files ? step.files() : "");
  if (session_.options.explain) {
    session_.report({.kind = Event::Kind::note,
                     .text = cat(title_, ": ", explain_miss(session_.store(), title_, parts))});
  }
  put_parts(session_.lease, step.key, parts);
  const std::size_t before = layers_.size();
  const auto began = std::chrono::steady_clock::now();
  const auto seconds = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  };
  try {
    make_layer(step, std::move(claim));
  } catch (const Error&) {
    report(Event::Kind::failed, seconds());
    throw;
  }
  time_ = std::max(time_, step.time);
  state_.key = step.next_key;
  add_history(step.history, step.time, layers_.size() == before ? Changes::nothing : Changes::files);
  report(Event::Kind::done, seconds());
}

void StageBuilder::make_layer(const FileStep& step, StepClaim claim) {
  store::PendingLayer layer(session_.lease, session_.map);
  sys::reached("build.layer_begun");
  const runtime::Rootfs rootfs{.lower = layers_.lower(),
                               .upper = layer.tree(),
                               .work = layer.work(),
                               .written_to = runtime::WrittenTo::memory};
  std::vector<archive::RecordedOwner> owners;
  try {
    owners = step.make(rootfs);
  } catch (const Error&) {
    if (session_.options.keep_failed) keep(step, layer);
    throw;
  }
  if (has_no_entries(layer.tree())) {
    store::put_cache_record(session_.lease, step.key, {.diff_id = {}, .note = step.note});
    claim.fulfil();
  } else {
    auto all_owners = layers_.owners_of(layer.tree(), owners);
    layers_.push(std::move(layer), std::move(all_owners), step.key, step.note, std::move(claim));
  }
}

// What a failed step left behind becomes a container that has ended.
void StageBuilder::keep(const FileStep& step, const store::PendingLayer& layer) {
  store::ContainerConfig config = step.container;
  config.image = "(failed step)";
  config.diff_ids = layers_.diff_ids();
  config.map = session_.map.kind;
  if (config.command.empty()) config.command = {title_};
  const store::Container container = store::create_container(session_.lease.store(), std::move(config));
  sys::rename_at(AT_FDCWD, layer.tree(), AT_FDCWD, container.upper());
  store::set_exited(container, 1);
  session_.report(
      {.kind = Event::Kind::note,
       .text = cat("the file system of the failed step is kept as container ", container.config().name)});
}

bool StageBuilder::run(const Run& what) {
  RunOrder order = plan_run(what, scope_, state_, session_.options);
  for (MountOrder& mount : order.mounts) {
    if (!examine(mount)) return false;
  }
  note_materials(order);
  StepKey key(state_.key, "RUN");
  add_to_key(key, order, session_.options, platform_);
  const std::string history = order.history;
  store::ContainerConfig container = container_of(order);
  const auto make_files = [this, &what, order = std::move(order)](const auto& rootfs) {
    require_devices(what);
    try {
      execute_run(session_, order, rootfs);
    } catch (Error& error) {
      explain_foreign(error, platform_, shop_.platforms.build);
      error.set_exit(Exit::failure);  // 126 is husk-run's
      throw;
    }
    return std::vector<archive::RecordedOwner>{};
  };
  return file_step(std::move(key), history, make_files, Parent::counts, {}, std::move(container));
}

// Nothing if it is an image that has to be pulled first, and that is not to be done.
std::optional<CopySource> StageBuilder::find_copy_source(const Word& from) {
  std::string name = scope_.expand(from);
  if (name.empty()) throw SyntaxError(from.at, "--from is empty");
  if (name == "scratch") return CopySource{};
  std::string image = name;
  if (const ContextName* const named = find_context(session_.options.named_contexts, name)) {
    const auto known = image_name_of(*named);
    if (!known) {
      if (named->kind == ContextName::Kind::directory) materials_.locals.insert(context_key(name));
      return CopySource{.context = shop_.contexts.find(name)};
    }
    image = *known;
  } else {
    const auto limit = static_cast<std::size_t>(&stage_ - shop_.file.stages.data());
    if (const auto stage = find_stage(shop_.file, name, limit)) {
      const auto built = shop_.built.find(*stage);
      if (built == shop_.built.end())
        throw SyntaxError(from.at, cat("stage ", quote(name), " is not built yet"));
      return CopySource{.diff_ids = built->second.config.diff_ids};
    }
    if (find_stage(shop_.file, name, limit + 1) == limit)
      throw SyntaxError(from.at, cat("a stage can't copy from itself: ", quote(name)));
  }
  try {
    image = image_key(image, platform_, shop_.platforms.build);
    if (effort_ == Effort::look_up && shop_.images.find(image) == nullptr) return std::nullopt;
    CopySource source{.diff_ids = shop_.images.get(image).config.diff_ids};
    materials_.images.insert(image);
    return source;
  } catch (const Error& error) {
    throw SyntaxError(from.at,
                      cat("--from=", escape(name), " is no earlier stage; as an image: ", error.what()));
  }
}

// What decides whether a step that reads it has to be made again. Nothing if it would take long to find out,
// and that is not to be done.
std::optional<CopyContent> StageBuilder::examine(const CopyStep& step, const CopySource& source) {
  if (source.context != nullptr) {
    CopyContent content = examine_context(*source.context, step);
    const Ask ask = effort_ == Effort::look_up ? Ask::nobody : Ask::server;
    if (!examine_remote(session_, step, ask, content)) return std::nullopt;
    return content;
  }
  if (auto content = find_content(session_, source, step)) return content;
  if (effort_ == Effort::look_up) return std::nullopt;
  return examine_image(session_, source, step);
}

bool StageBuilder::examine(MountOrder& order) {
  using Type = RunMount::Type;
  const RunMount& mount = order.mount;
  if (mount.type != Type::bind && mount.type != Type::cache) return true;
  if (!mount.from.empty()) {
    order.source = find_copy_source({mount.from, mount.at});
    if (!order.source) return false;
  } else if (mount.type == Type::bind) {
    order.source = CopySource{.context = &shop_.contexts.main()};
  }
  if (!order.source || (order.source->context == nullptr && order.source->diff_ids.empty())) return true;
  const auto content = examine(as_copy(order), *order.source);
  if (content) order.content = content->digest;
  if (content && !content->key.empty()) keys_.push_back(content->key);
  return content.has_value();
}

void StageBuilder::note_materials(const RunOrder& order) {
  const auto note = [](std::map<std::string, bool>& uses, const RunMount& mount) {
    uses[mount.id] = uses[mount.id] || mount.required;
  };
  for (const MountOrder& each : order.mounts) {
    if (each.mount.type == RunMount::Type::secret) note(materials_.secrets, each.mount);
    if (each.mount.type == RunMount::Type::ssh) note(materials_.agents, each.mount);
  }
  materials_.network = materials_.network || order.network != runtime::Network::none;
}

void StageBuilder::note_materials(const CopyStep& step, const CopyContent& content) {
  for (const auto& [index, part] : step.remote) {
    const std::string& version = content.remote.at(index).version;
    materials_.remote[uri_of(part.source)] = part.source.git ? commit_digest(version)
                                             : part.checksum ? part.checksum->str()
                                                             : cat("sha256:", version);
  }
}

bool StageBuilder::copy(const Copy& what, const Instruction& instruction) {
  CopyStep step = plan_copy(what, instruction, scope_, state_);
  std::optional<CopySource> source = CopySource{.context = &shop_.contexts.main()};
  if (!what.from.empty()) source = find_copy_source(what.from);
  if (!source) return false;
  std::optional<CopyContent> found = examine(step, *source);
  if (!found) return false;
  if (!found->key.empty()) keys_.push_back(found->key);
  note_materials(step, *found);
  const auto content = std::make_shared<const CopyContent>(std::move(*found));
  StepKey key = key_of(step, *content, state_.key, session_.options);
  const std::string history = step.history;
  const Parent parent = step.link ? Parent::irrelevant : Parent::counts;
  return file_step(
      std::move(key), history,
      [this, source, step = std::move(step), content](const auto& rootfs) {
        return execute_copy(session_, step, *content, *source, rootfs);
      },
      parent, [content] { return list_files(content->selections); });
}

bool StageBuilder::workdir(const Workdir& what) {
  const std::string text = scope_.expand(what.path);
  if (text.empty()) throw SyntaxError(what.path.at, "WORKDIR is empty");
  std::string path = resolve_in_image(state_.config, text);
  if (path.size() > 1 && path.ends_with('/')) path.pop_back();
  StepKey key(state_.key, "WORKDIR");
  key.add("path", path);
  key.add("user", state_.config.user);
  if (session_.options.source_date) key.add("time", cat(*session_.options.source_date));
  const auto make_directory = [this, path, user = state_.config.user](const runtime::Rootfs& rootfs) {
    const UnsetOwnersFile unset;
    (void)in_root(session_, rootfs, [&](int root) -> std::string {
      Destination destination(root,
                              {.owner = owner_of_user(root, user), .time = session_.options.source_date});
      (void)destination.make_directory(path);
      destination.finish_directories();
      unset.write(destination.unset_owners());
      return "";
    });
    return unset.read();
  };
  state_.config.working_dir = path;
  return file_step(std::move(key), cat("WORKDIR ", path), make_directory);
}

}  // namespace husk::build
