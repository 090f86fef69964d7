#include "libcore/store/check.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/random.hpp"
#include "libcore/base/sys.hpp"
#include "libcore/store/attestations.hpp"
#include "libcore/store/blobs.hpp"
#include "libcore/store/check_content.hpp"
#include "libcore/store/containers.hpp"
#include "libcore/store/inventory.hpp"
#include "libcore/store/layer_file.hpp"
#include "libcore/store/list_directory.hpp"
#include "libcore/store/tag_file.hpp"
#include "libcore/store/volumes.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <array>

namespace husk::store {
namespace {

constexpr std::array maps = {userns::MapKind::subordinate, userns::MapKind::single};

std::optional<oci::Digest> as_digest(std::string_view hex) { return oci::Digest::parse(cat("sha256:", hex)); }

class Check {
 public:
  Check(const Lease& lease, Depth depth, Repair repair)
      : lease_(lease), store_(lease.store()), depth_(depth), repair_(repair) {}

  CheckResult run() {
    clean_dead_leases();
    check_permissions();
    check_blobs();
    check_layers();
    check_tags();
    check_containers();
    check_volume_directories();
    measure_garbage();
    return std::move(result_);
  }

 private:
  Finding& found(Problem problem, std::string object, std::string detail) {
    result_.findings.push_back({problem, std::move(object), std::move(detail)});
    return result_.findings.back();
  }

  // Out of the way, but not lost: a person may want to look at it.
  void quarantine(Finding& finding, const std::string& path) {
    if (repair_ == Repair::no) return;
    const Fd directory = store_.open_directory("quarantine");
    std::string name = path + "." + random_hex(4);
    for (char& c : name) c = c == '/' ? '_' : c;
    sys::rename_at(store_.directory(), path, directory.get(), name);
    finding.repaired = true;
  }

  void clean_dead_leases() {
    for (const std::string& uuid : take_inventory(store_).dead_leases) {
      remove_dead_lease(store_, uuid);
      ++result_.cleaned;
    }
  }

  void check_permissions() {
    for (const char* const name :
         {"blobs", "layers", "refs", "containers", "volumes", "cache", "logs", "leases", "tmp", "trash"}) {
      struct stat status {};
      if (::fstatat(store_.directory(), name, &status, AT_SYMLINK_NOFOLLOW) != 0) continue;
      if (S_ISDIR(status.st_mode) && (status.st_mode & 022) == 0 && status.st_uid == ::geteuid()) continue;
      Finding& finding = found(Problem::open_to_others, name, "others can write to it");
      if (repair_ == Repair::yes) finding.repaired = ::fchmodat(store_.directory(), name, 0700, 0) == 0;
    }
  }

  void check_blobs() {
    for (const std::string& name : list_directory(store_, "blobs/sha256")) {
      const std::string path = "blobs/sha256/" + name;
      const auto digest = as_digest(name);
      if (!digest) {
        found(Problem::stray_file, path, "no digest has this name");
      } else if (depth_ == Depth::full && !blob_is_whole(store_, *digest)) {
        Finding& finding = found(Problem::damaged_blob, path, "its content has another digest");
        quarantine(finding, path);
      }
    }
  }

  void check_layers() {
    for (const auto map : maps) {
      const std::string directory = cat("layers/", userns::map_name(map));
      for (const std::string& name : list_directory(store_, directory)) {
        const auto diff_id = as_digest(name);
        if (diff_id) {
          check_layer(map, *diff_id);
        } else {
          found(Problem::stray_file, cat(directory, "/", name), "no digest has this name");
        }
      }
    }
  }

  void check_layer(userns::MapKind map, const oci::Digest& diff_id) {
    const std::string path = layer_directory(map, diff_id);
    std::string problem;
    try {
      const LayerInfo info = read_layer_info(store_, map, diff_id);
      const Fd tree(::openat(store_.directory(), (path + "/" + tree_name).c_str(),
                             O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
      if (!tree) throw_errno("open its tree");
      if (depth_ == Depth::full) problem = layer_problem(lease_, map, info, tree.get());
    } catch (const Error& error) {
      problem = error.what();
    }
    if (problem.empty()) return;
    Finding& finding = found(Problem::damaged_layer, path, problem);
    quarantine(finding, path);
    if (finding.repaired) finding.repaired = try_make_layer(lease_, map, diff_id);
  }

  // Whether some tree or blob has the layer.
  bool has_layer(const oci::Digest& diff_id) const {
    for (const auto map : maps) {
      if (layer_state(store_, map, diff_id) != LayerState::absent) return true;
    }
    const auto blob = find_layer_blob(store_, diff_id);
    return blob && find_blob(store_, blob->digest);
  }

  void check_tags() {
    visit_tag_files(store_, [&](const std::string& path) {
      try {
        if (const auto tag = read_tag_file(store_, path)) check_tag(path, *tag);
      } catch (const Error& error) {
        Finding& finding = found(Problem::damaged_tag, path, error.what());
        quarantine(finding, path);
      }
    });
  }

  void check_tag(const std::string& path, const Tag& tag) {
    const std::string name = tag.reference ? tag.reference->familiar() : tag.image_id.str();
    if (path_of(tag).str() != path) {
      Finding& finding = found(Problem::damaged_tag, path, cat("it is the file of ", quote(name)));
      return quarantine(finding, path);
    }
    try {
      for (const Tag& variant : list_variants(store_, tag)) {
        const oci::Manifest manifest = read_manifest(store_, variant);
        const oci::ImageConfig config = read_config(store_, variant.image_id);
        for (std::size_t i = 0; i < config.diff_ids.size(); ++i) check_image_layer(name, config, manifest, i);
      }
      for (const Attestation& each : list_attestations(store_, tag)) check_attestation(name, each);
    } catch (const Error& error) {
      Finding& finding = found(Problem::missing_blob, name, error.what());
      return quarantine(finding, path);
    }
  }

  // Out of the way its manifest is as one that was never pulled: the image is whole without it.
  void check_attestation(const std::string& name, const Attestation& attestation) {
    if (!attestation.missing) return;
    const std::string path = cat("blobs/sha256/", attestation.entry.digest.hex());
    Finding& finding = found(Problem::missing_blob, name,
                             cat("the attestation ", attestation.entry.digest.str(), " needs the blob ",
                                 attestation.missing->str(), ", which is missing"));
    quarantine(finding, path);
  }

  // A layer is there as a tree, or as a blob of the right size, or both; which one depends on where it came
  // from.
  void check_image_layer(const std::string& name, const oci::ImageConfig& config,
                         const oci::Manifest& manifest, std::size_t i) {
    const oci::Digest& diff_id = config.diff_ids[i];
    if (i < manifest.layers.size()) {
      const oci::Descriptor& blob = manifest.layers[i];
      struct stat status {};
      if (const auto file = find_blob(store_, blob.digest)) {
        if (::fstat(file->get(), &status) == 0 && static_cast<std::uint64_t>(status.st_size) != blob.size) {
          Finding& finding = found(Problem::damaged_blob, cat("blobs/sha256/", blob.digest.hex()),
                                   cat("it has ", status.st_size, " bytes instead of ", blob.size));
          quarantine(finding, cat("blobs/sha256/", blob.digest.hex()));
        } else if (!has_layer(diff_id)) {
          remember_layer_blob(lease_, diff_id, blob);  // the hint got lost, no more
        }
      }
    }
    if (!has_layer(diff_id)) {
      found(Problem::missing_layer, name, cat("layer ", diff_id.str(), " has neither a tree nor a blob"));
    }
  }

  void check_containers() {
    try {
      for (const std::string& layer : list_container_roots(store_).layers) {
        const auto diff_id =
            as_digest(std::string_view(layer).substr(std::min<std::size_t>(2, layer.size())));
        if (diff_id && !has_layer(*diff_id)) {
          found(Problem::missing_layer, "containers", cat("a container needs layer ", layer));
        }
      }
    } catch (const Error& error) {
      found(Problem::damaged_container, "containers", error.what());
    }
  }

  void check_volume_directories() {
    for (const auto& [name, problem] : check_volumes(store_))
      found(Problem::damaged_volume, cat("volumes/", name), problem);
    try {
      for (const auto& [name, containers] : find_volume_users(store_)) {
        if (::faccessat(store_.directory(), cat("volumes/", name).c_str(), F_OK, AT_SYMLINK_NOFOLLOW) != 0)
          found(Problem::missing_volume, cat("volumes/", name),
                cat("container ", containers.front(), " needs it"));
      }
    } catch (const Error&) {
      // check_containers() has told of it.
    }
  }

  void measure_garbage() { result_.reclaimable = plan_gc(take_inventory(store_)).bytes; }

  const Lease& lease_;
  const Store& store_;
  Depth depth_;
  Repair repair_;
  CheckResult result_;
};

}  // namespace

std::string_view problem_name(Problem problem) {
  switch (problem) {
    case Problem::damaged_tag: return "damaged-tag";
    case Problem::missing_blob: return "missing-blob";
    case Problem::damaged_blob: return "damaged-blob";
    case Problem::stray_file: return "stray-file";
    case Problem::missing_layer: return "missing-layer";
    case Problem::damaged_layer: return "damaged-layer";
    case Problem::damaged_container: return "damaged-container";
    case Problem::damaged_volume: return "damaged-volume";
    case Problem::missing_volume: return "missing-volume";
    case Problem::open_to_others: return "open-to-others";
  }
  return "unknown";
}

CheckResult check_store(const Lease& lease, Depth depth, Repair repair) {
  return Check(lease, depth, repair).run();
}

}  // namespace husk::store
