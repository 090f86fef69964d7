#include "libcore/transfer/save.hpp"

#include "libcore/archive/tar_writer.hpp"
#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/oci/docker_archive.hpp"
#include "libcore/store/blobs.hpp"
#include "libcore/transfer/layer_blob.hpp"
#include "libcore/transfer/push_plan.hpp"
#include "libcore/transfer/pushed.hpp"

#include <set>

namespace husk::transfer {
namespace {

constexpr const char* marker = R"({"imageLayoutVersion":"1.0.0"})";
constexpr std::size_t piece = 256 << 10;

/// What is in the archive so far.
class Archive {
 public:
  Archive(const store::Store& store, const archive::Sink& out) : store_(store), tar_(out) {
    add_directory("blobs");
    add_directory("blobs/sha256");
  }

  void add_file(const std::string& path, std::string_view text) {
    begin(path, text.size());
    tar_.write(as_bytes(text));
  }

  void add_blob(const oci::Descriptor& blob) {
    if (!there_.insert(blob.digest).second) return;
    const auto file = store::find_blob(store_, blob.digest);
    if (!file) throw Error(cat("blob ", blob.digest.str(), " is missing"));
    begin(cat("blobs/sha256/", blob.digest.hex()), blob.size);
    std::vector<std::byte> buffer(piece);
    std::uint64_t written = 0;
    while (const std::size_t count = read_some(file->get(), buffer)) {
      tar_.write({buffer.data(), count});
      written += count;
    }
    if (written != blob.size)
      throw Error(cat("blob ", blob.digest.str(), " has not the size that it should"));
  }

  void finish() { tar_.finish(); }

 private:
  void add_directory(const std::string& path) {
    tar_.begin({.kind = archive::TarEntry::Kind::directory,
                .path = path,
                .link = {},
                .mode = 0755,
                .mtime = {},
                .xattrs = {}});
  }
  void begin(const std::string& path, std::uint64_t size) {
    tar_.begin({.path = path,
                .link = {},
                .mode = 0644,
                .size = static_cast<std::int64_t>(size),
                .mtime = {},
                .xattrs = {}});
  }

  const store::Store& store_;
  archive::TarWriter tar_;
  std::set<oci::Digest> there_;
};

// The entries of index.json for one image: one for each name, as containerd and skopeo look for it.
void add_to_index(oci::Index& index, const oci::Descriptor& manifest,
                  const std::vector<oci::Reference>& names) {
  for (const oci::Reference& name : names) {
    oci::Descriptor entry = manifest;
    entry.annotations["io.containerd.image.name"] = name.str();
    if (!name.tag.empty()) entry.annotations["org.opencontainers.image.ref.name"] = name.tag;
    index.manifests.push_back(std::move(entry));
  }
  if (names.empty()) index.manifests.push_back(manifest);
}

}  // namespace

std::vector<oci::Descriptor> save_archive(const store::Lease& lease, const std::vector<SavedImage>& images,
                                          const SaveOptions& options, const archive::Sink& out) {
  const store::Store& store = lease.store();
  Archive tar(store, out);
  oci::Index index{oci::media_type::index, {}};
  std::vector<oci::ArchivedImage> contents;
  std::vector<oci::Descriptor> manifests;
  for (const auto& [image, names] : images) {
    const oci::Manifest old = store::read_manifest(store, image);
    std::vector<oci::Descriptor> layers;
    for (const auto& job :
         plan_push(store, old, store::read_config(store, image.image_id), options.compression)) {
      layers.push_back(make_layer_blob(lease, job));
      tar.add_blob(layers.back());
    }
    tar.add_blob(old.config);
    const oci::Verified document = pushed_document(lease, image, old, layers);
    tar.add_blob(document.descriptor());
    add_to_index(index, document.descriptor(), names);
    oci::ArchivedImage entry{oci::parse_manifest(document), {}};
    for (const oci::Reference& name : names) entry.names.push_back(name.str());
    contents.push_back(std::move(entry));
    manifests.push_back(document.descriptor());
  }
  tar.add_file("index.json", oci::print_index(index));
  if (options.format == ArchiveFormat::docker) {
    tar.add_file("manifest.json", oci::print_docker_archive(contents));
  }
  tar.add_file("oci-layout", marker);
  tar.finish();
  return manifests;
}

}  // namespace husk::transfer
