#include "libcore/base/at.hpp"
#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/base/random.hpp"
#include "libcore/base/sys.hpp"
#include "libcore/oci/layout.hpp"
#include "libcore/store/blobs.hpp"
#include "libcore/store/layers.hpp"
#include "libcore/transfer/image_sink.hpp"
#include "libcore/transfer/layer_blob.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <cerrno>

namespace husk::transfer {
namespace {

/// Replaces a file in one step.
void write_file(int directory, const std::string& name, std::string_view text) {
  const std::string temporary = cat(".", name, "-", random_hex(8));
  Fd file = sys::create_at(directory, temporary, O_CREAT | O_EXCL | O_WRONLY, 0644);
  sys::write_all(file.get(), text, name);
  file.close_written(name);
  sys::rename_at(directory, temporary, directory, name);
}

void copy_blob(const store::Store& store, int blobs, const oci::Digest& digest) {
  const std::string name(digest.hex());
  struct stat status {};
  if (::fstatat(blobs, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) return;
  const auto from = store::find_blob(store, digest);
  if (!from) throw Error(cat("blob ", digest.str(), " is missing"));
  const std::string temporary = cat(".", name, "-", random_hex(8));
  Fd file = sys::create_at(blobs, temporary, O_CREAT | O_EXCL | O_WRONLY, 0644);
  read_pieces(from->get(), [&](std::span<const std::byte> piece) { write_all(file.get(), piece, name); });
  file.close_written(name);
  sys::rename_at(blobs, temporary, blobs, name);
}

Fd open_or_make(int directory, const std::string& name) {
  (void)sys::try_make_directory_at(directory, name, 0755);
  return open_beneath(directory, name, O_RDONLY | O_DIRECTORY);
}

/// index.json with one entry of that name.
void add_to_index(int directory, oci::Descriptor manifest, const std::string& tag) {
  oci::Index index{oci::media_type::index, {}};
  const Fd old(::openat(directory, "index.json", O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  if (old) {
    index = oci::parse_index(oci::Verified::name(read_all(old.get(), oci::max_manifest_size, "index.json"),
                                                 oci::media_type::index));
  }
  std::erase_if(index.manifests, [&](const oci::Descriptor& each) {
    const auto name = each.annotations.find(oci::layout_name);
    return tag.empty() ? each.digest == manifest.digest
                       : name != each.annotations.end() && name->second == tag;
  });
  if (!tag.empty()) manifest.annotations[oci::layout_name] = tag;
  index.manifests.push_back(std::move(manifest));
  write_file(directory, "index.json", oci::print_index(index));
}

}  // namespace

LayoutSink::LayoutSink(const LayoutName& name, const store::Lease& lease, const Progress& progress)
    : tag_(name.tag), lease_(lease), progress_(progress) {
  if (::mkdir(name.directory.c_str(), 0755) != 0 && errno != EEXIST) {
    throw_errno("make directory ", quote(name.directory));
  }
  directory_.reset(::open(name.directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory_) throw_errno("open ", quote(name.directory));
  const Fd old(::openat(directory_.get(), "oci-layout", O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  if (old) oci::check_layout_marker(read_all(old.get(), piece_size, "oci-layout"));
  is_new_ = !old;
  blobs_ = open_or_make(open_or_make(directory_.get(), "blobs").get(), "sha256");
}

bool LayoutSink::has_blob(const oci::Digest& digest) {
  return ::faccessat(blobs_.get(), std::string(digest.hex()).c_str(), F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

std::vector<oci::Descriptor> LayoutSink::put_layers(const std::vector<LayerPush::Job>& jobs) {
  State state{.layers = jobs.size(), .to_move = jobs.size()};
  std::vector<oci::Descriptor> layers;
  for (const auto& job : jobs) {
    layers.push_back(make_layer_blob(lease_, job));
    put_blob(layers.back());
    ++state.moved;
    state.bytes += layers.back().size;
    if (progress_.changed) progress_.changed(state);
  }
  return layers;
}

void LayoutSink::put_blob(const oci::Descriptor& blob) {
  copy_blob(lease_.store(), blobs_.get(), blob.digest);
}

void LayoutSink::put_document(const oci::Verified& document) { put_blob(document.descriptor()); }

void LayoutSink::put_named(const oci::Verified& document) {
  put_document(document);
  if (is_new_) write_file(directory_.get(), "oci-layout", std::string(oci::layout_marker));
  is_new_ = false;
  add_to_index(directory_.get(), document.descriptor(), tag_);
}

}  // namespace husk::transfer
