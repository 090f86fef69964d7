#include "libcore/transfer/save.hpp"

#include "libcore/archive/tar_writer.hpp"
#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/oci/docker_archive.hpp"
#include "libcore/oci/layout.hpp"
#include "libcore/store/blobs.hpp"
#include "libcore/transfer/layer_blob.hpp"
#include "libcore/transfer/put_image.hpp"

#include <set>

namespace husk::transfer {
namespace {

class ArchiveSink : public ImageSink {
 public:
  ArchiveSink(const store::Lease& lease, const archive::Sink& out) : lease_(lease), tar_(out) {
    add_directory("blobs");
    add_directory("blobs/sha256");
  }

  bool has_blob(const oci::Digest& digest) override { return there_.contains(digest); }

  std::vector<oci::Descriptor> put_layers(const std::vector<LayerPush::Job>& jobs) override {
    std::vector<oci::Descriptor> layers;
    for (const auto& job : jobs) {
      layers.push_back(make_layer_blob(lease_, job));
      put_blob(layers.back());
    }
    return layers;
  }

  void put_blob(const oci::Descriptor& blob) override {
    if (!there_.insert(blob.digest).second) return;
    const auto file = store::find_blob(lease_.store(), blob.digest);
    if (!file) throw Error(cat("blob ", blob.digest.str(), " is missing"));
    begin(cat("blobs/sha256/", blob.digest.hex()), blob.size);
    std::uint64_t written = 0;
    read_pieces(file->get(), [&](std::span<const std::byte> piece) {
      tar_.write(piece);
      written += piece.size();
    });
    if (written != blob.size)
      throw Error(cat("blob ", blob.digest.str(), " has not the size that it should"));
  }

  void put_document(const oci::Verified& document) override { put_blob(document.descriptor()); }
  void put_named(const oci::Verified& document) override { put_document(document); }

  void add_file(const std::string& path, std::string_view text) {
    begin(path, text.size());
    tar_.write(as_bytes(text));
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

  const store::Lease& lease_;
  archive::TarWriter tar_;
  std::set<oci::Digest> there_;
};

// The entries of index.json for one image: one for each name, as containerd and skopeo look for it.
void add_to_index(oci::Index& index, const oci::Descriptor& manifest,
                  const std::vector<oci::Reference>& names) {
  for (const oci::Reference& name : names) {
    oci::Descriptor entry = manifest;
    entry.annotations["io.containerd.image.name"] = name.str();
    if (!name.tag.empty()) entry.annotations[oci::layout_name] = name.tag;
    index.manifests.push_back(std::move(entry));
  }
  if (names.empty()) index.manifests.push_back(manifest);
}

}  // namespace

std::vector<oci::Descriptor> save_archive(const store::Lease& lease, const std::vector<SavedImage>& images,
                                          const SaveOptions& options, const archive::Sink& out) {
  ArchiveSink tar(lease, out);
  oci::Index index{.media_type = oci::media_type::index, .manifests = {}};
  std::vector<oci::ArchivedImage> contents;
  std::vector<oci::Descriptor> roots;
  for (const auto& [image, names] : images) {
    const PutImage put = put_image(tar, lease, image, options.compression);
    tar.put_named(put.root);
    roots.push_back(put.root.descriptor());
    add_to_index(index, roots.back(), names);
    if (options.format != ArchiveFormat::docker) continue;
    // Of an index its image for this machine: manifest.json knows no others, and no attestations.
    oci::ArchivedImage entry{oci::parse_manifest(store::read_document(lease.store(), put.image.manifest)), {}};
    for (const oci::Reference& name : names) entry.names.push_back(name.str());
    contents.push_back(std::move(entry));
  }
  tar.add_file("index.json", oci::print_index(index));
  if (options.format == ArchiveFormat::docker) {
    tar.add_file("manifest.json", oci::print_docker_archive(contents));
  }
  tar.add_file("oci-layout", oci::layout_marker);
  tar.finish();
  return roots;
}

}  // namespace husk::transfer
