#pragma once

#include "libcore/store/attestations.hpp"
#include "libcore/transfer/image_sink.hpp"

#include <map>

namespace husk::transfer {

/// Gives SINK an attestation with all that it needs, and returns the entry of the index that names it there.
/// Where RENAMED has another digest for the manifest that it is about (layers got compressed on the way), its
/// statements are written anew: about that one.
oci::Descriptor put_attestation(ImageSink& sink, const store::Lease& lease,
                                const store::Attestation& attestation,
                                const std::map<oci::Digest, oci::Digest>& renamed);

}  // namespace husk::transfer
