#include "libcore/transfer/layer_blob.hpp"

#include "libcore/store/blobs.hpp"
#include "libcore/store/layers.hpp"

namespace husk::transfer {

const char* layer_media_type(archive::Compression compression) {
  switch (compression) {
    case archive::Compression::none: return oci::media_type::layer_tar;
    case archive::Compression::gzip: return oci::media_type::layer_gzip;
    case archive::Compression::zstd: return oci::media_type::layer_zstd;
  }
  return oci::media_type::layer_tar;
}

oci::Descriptor make_layer_blob(const store::Lease& lease, const LayerPush::Job& job) {
  if (job.blob) return *job.blob;
  store::BlobWriter writer(lease, std::nullopt);
  archive::Compressor compressor(job.compression,
                                 [&](std::span<const std::byte> bytes) { writer.write(bytes); });
  store::write_layer_tar(lease.store(), job.diff_id,
                         [&](std::span<const std::byte> bytes) { compressor.write(bytes); });
  compressor.finish();
  const std::uint64_t size = writer.size();
  oci::Descriptor blob{
      .media_type = layer_media_type(job.compression), .digest = writer.commit(), .size = size};
  store::remember_layer_blob(lease, job.diff_id, blob);
  return blob;
}

}  // namespace husk::transfer
