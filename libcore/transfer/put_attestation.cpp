#include "libcore/transfer/put_attestation.hpp"

#include "libcore/store/blobs.hpp"

namespace husk::transfer {
namespace {

std::vector<oci::Descriptor> rename_statements(const store::Lease& lease, const oci::Manifest& manifest,
                                               const std::map<oci::Digest, oci::Digest>& renamed) {
  std::vector<oci::Descriptor> statements;
  for (const oci::Descriptor& old : manifest.layers) {
    statements.push_back(old);
    if (old.media_type != oci::media_type::statement) continue;
    const std::string text = oci::rename_subjects(store::read_document(lease.store(), old).bytes(), renamed);
    statements.back() = store::write_blob(lease, text, old.media_type);
    statements.back().annotations = old.annotations;
  }
  return statements;
}

}  // namespace

oci::Descriptor put_attestation(ImageSink& sink, const store::Lease& lease,
                                const store::Attestation& attestation,
                                const std::map<oci::Digest, oci::Digest>& renamed) {
  oci::Descriptor entry = attestation.entry;
  const auto subject = oci::subject_of(entry);
  const auto other = subject ? renamed.find(*subject) : renamed.end();
  oci::Manifest manifest = attestation.manifest;
  if (other != renamed.end() && other->second != other->first) {
    entry = store::write_attestation(lease, other->second, rename_statements(lease, manifest, renamed));
    manifest = oci::parse_manifest(store::read_document(lease.store(), entry));
  }
  for (const oci::Descriptor& statement : manifest.layers) sink.put_blob(statement);
  sink.put_blob(manifest.config);
  sink.put_document(store::read_document(lease.store(), entry));
  return entry;
}

}  // namespace husk::transfer
