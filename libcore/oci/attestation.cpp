#include "libcore/oci/attestation.hpp"

#include "libcore/base/error.hpp"
#include "libcore/oci/json.hpp"

namespace husk::oci {
namespace {

constexpr const char* unknown = "unknown";
constexpr const char* type_annotation = "vnd.docker.reference.type";
constexpr const char* subject_annotation = "vnd.docker.reference.digest";
constexpr const char* predicate_annotation = "in-toto.io/predicate-type";
constexpr const char* statement_type = "https://in-toto.io/Statement/v1";
constexpr std::string_view sha256_prefix = "sha256:";
constexpr int indent = 2;

void rename_subject(Json& subject, const std::map<Digest, Digest>& renamed) {
  const nlohmann::json checked = subject;
  const JsonObject digests = JsonObject(checked, "subject").object("digest");
  if (digests.find("sha256") == nullptr) return;
  const auto old = Digest::parse(cat(sha256_prefix, digests.text("sha256")));
  if (!old) return;
  if (const auto found = renamed.find(*old); found != renamed.end())
    subject["digest"]["sha256"] = found->second.hex();
}

}  // namespace

bool is_attestation(const Descriptor& entry) {
  return entry.platform && entry.platform->os == unknown && entry.platform->architecture == unknown;
}

Descriptor attestation_entry(Descriptor manifest, const Digest& subject) {
  manifest.platform = Platform{.os = unknown, .architecture = unknown, .variant = {}};
  manifest.annotations = {{type_annotation, "attestation-manifest"}, {subject_annotation, subject.str()}};
  return manifest;
}

std::optional<Digest> subject_of(const Descriptor& entry) {
  const auto found = entry.annotations.find(subject_annotation);
  return found == entry.annotations.end() ? std::nullopt : Digest::parse(found->second);
}

std::string print_statement(const Statement& statement, JsonLayout layout) {
  Json subjects = Json::array();
  for (const auto& [name, digest] : statement.subjects)
    subjects.push_back({{"name", name}, {"digest", {{"sha256", digest.hex()}}}});
  const Json json = {{"_type", statement_type},
                     {"predicateType", statement.predicate_type},
                     {"subject", std::move(subjects)},
                     {"predicate", Json::parse(statement.predicate)}};
  // The names of files need not be UTF-8.
  return json.dump(layout == JsonLayout::indented ? indent : -1, ' ', false, Json::error_handler_t::replace);
}

std::string rename_subjects(std::string_view statement, const std::map<Digest, Digest>& renamed) {
  (void)parse_json(statement, "the statement");  // refuses what has two meanings
  Json json = Json::parse(statement);            // in the order that it has
  if (!json.is_object() || !json["subject"].is_array()) throw Error("the statement has no subjects");
  for (Json& subject : json["subject"]) rename_subject(subject, renamed);
  return json.dump();
}

std::string print_attestation_config(const std::vector<Descriptor>& statements) {
  Json layers = Json::array();
  for (const Descriptor& each : statements) layers.push_back(each.digest.str());
  const Json json = {{"architecture", unknown},
                     {"os", unknown},
                     {"config", Json::object()},
                     {"rootfs", {{"type", "layers"}, {"diff_ids", std::move(layers)}}}};
  return json.dump();
}

Descriptor statement_layer(Descriptor blob, const std::string& predicate_type) {
  blob.media_type = media_type::statement;
  blob.annotations = {{predicate_annotation, predicate_type}};
  return blob;
}

}  // namespace husk::oci
