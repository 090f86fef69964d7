#include "libcore/base/at.hpp"
#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/oci/layout.hpp"
#include "libcore/transfer/image_source.hpp"

#include <fcntl.h>
#include <algorithm>

namespace husk::transfer {
namespace {

constexpr std::size_t max_marker = 4096;
constexpr std::size_t max_config_size = 4 << 20;

std::string blob_path(const oci::Digest& digest) { return cat("blobs/sha256/", digest.hex()); }

}  // namespace

std::optional<LayoutName> parse_layout_name(std::string_view text) {
  if (!text.starts_with("oci:")) return std::nullopt;
  text.remove_prefix(4);
  const auto colon = text.find(':');
  LayoutName name{std::string(text.substr(0, colon)), {}};
  if (colon != std::string_view::npos) name.tag = text.substr(colon + 1);
  if (name.directory.empty()) throw Error("\"oci:\" needs a directory: oci:DIRECTORY[:TAG]", Exit::usage);
  return name;
}

struct LayoutSource::Reading {
  oci::Descriptor blob;
  Fd file;
  Sink sink;
  registry::Finished finished;
  std::vector<std::byte> buffer;
  std::size_t filled = 0;  // bytes of the buffer that the sink did not take yet
};

LayoutSource::LayoutSource(registry::Http& http, LayoutName name) : http_(http), name_(std::move(name)) {
  directory_.reset(::open(name_.directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory_) throw_errno("open image layout ", quote(name_.directory));
  oci::check_layout_marker(read("oci-layout", max_marker));
}

std::string LayoutSource::read(const std::string& path, std::size_t limit) const {
  const Fd file = open_beneath(directory_.get(), path, O_RDONLY | O_NONBLOCK);
  return read_all(file.get(), limit, path);
}

oci::Verified LayoutSource::root() {
  const auto text = read("index.json", oci::max_manifest_size);
  const oci::Index index = oci::parse_index(oci::Verified::name(text, oci::media_type::index));
  if (name_.tag.empty()) {
    if (index.manifests.size() == 1) return document(index.manifests.front());
    if (index.manifests.empty()) throw Error(cat("image layout ", quote(name_.directory), " has no image"));
    return oci::Verified::name(text, oci::media_type::index);
  }
  for (const oci::Descriptor& each : index.manifests) {
    const auto name = each.annotations.find(oci::layout_name);
    if (name != each.annotations.end() && name->second == name_.tag) return document(each);
  }
  throw Error(cat("image layout ", quote(name_.directory), " has no image with the tag ", quote(name_.tag)));
}

oci::Verified LayoutSource::document(const oci::Descriptor& descriptor) {
  return oci::Verified::check(read(blob_path(descriptor.digest), oci::max_manifest_size), descriptor);
}

oci::Verified LayoutSource::config(const oci::Descriptor& descriptor) {
  return oci::Verified::check(read(blob_path(descriptor.digest), max_config_size), descriptor);
}

void LayoutSource::start_blob(const oci::Descriptor& blob, Sink sink, registry::Finished finished) {
  auto reading = std::make_shared<Reading>(
      Reading{blob, open_beneath(directory_.get(), blob_path(blob.digest), O_RDONLY | O_NONBLOCK),
              std::move(sink), std::move(finished), std::vector<std::byte>(piece_size)});
  readings_.insert_or_assign(blob.digest, reading);
  resume(blob.digest);
}

void LayoutSource::resume(const oci::Digest& blob) {
  http_.after(std::chrono::milliseconds(0), [this, reading = readings_.at(blob)] { pump(reading); });
}

void LayoutSource::pump(const std::shared_ptr<Reading>& reading) {
  if (reading->filled == 0) reading->filled = read_full(reading->file.get(), reading->buffer);
  if (reading->filled == 0) return reading->finished({});
  if (reading->sink({reading->buffer.data(), reading->filled}) == registry::Flow::wait) return;
  reading->filled = 0;
  resume(reading->blob.digest);
}

}  // namespace husk::transfer
