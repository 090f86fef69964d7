#pragma once

#include "libcore/oci/manifest.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What an index may have beside its images: manifests whose layers are statements about one of them, as
// BuildKit stores them (its docs/attestations/attestation-storage.md).
namespace husk::oci {

namespace media_type {
inline constexpr const char* statement = "application/vnd.in-toto+json";
}  // namespace media_type

/// Whether ENTRY of an index is for "unknown/unknown": nothing that could be run.
bool is_attestation(const Descriptor& entry);

/// The entry for MANIFEST, which says something about the manifest SUBJECT.
Descriptor attestation_entry(Descriptor manifest, const Digest& subject);
/// The manifest that ENTRY says something about; nothing if it does not tell.
std::optional<Digest> subject_of(const Descriptor& entry);

/// A statement as in the in-toto attestation framework, spec/v1/statement.md.
struct Statement {
  struct Subject {
    std::string name;
    Digest digest;
  };
  std::vector<Subject> subjects;
  std::string predicate_type;  // a URI
  std::string predicate;       // JSON
};

/// compact: as it lies in a blob; indented: for people.
enum class JsonLayout : std::uint8_t { compact, indented };
std::string print_statement(const Statement& statement, JsonLayout layout);

/// STATEMENT about the same things by their new names: RENAMED has digests. Throws Error for what is none.
std::string rename_subjects(std::string_view statement, const std::map<Digest, Digest>& renamed);

/// The configuration of a manifest that has these statements as its layers.
std::string print_attestation_config(const std::vector<Descriptor>& statements);

/// The layer of such a manifest that a statement in a blob is.
Descriptor statement_layer(Descriptor blob, const std::string& predicate_type);

}  // namespace husk::oci
