#include "libcore/build/provenance_option.hpp"

#include "libcore/base/error.hpp"
#include "libcore/build/fields.hpp"
#include "libcore/build/min_or_max.hpp"

namespace husk::build {
namespace {

using Version = oci::Provenance::Version;

Version parse_version(const std::string& text) {
  if (text == "v1") return Version::v1;
  if (text == "v0.2") return Version::v0_2;
  throw Error(cat("version is v1 or v0.2, not ", quote(text)), Exit::usage);
}

std::string parse_file_name(const std::string& name) {
  if (name.empty() || name == "." || name == ".." || name.find('/') != std::string::npos)
    throw Error(cat("filename is the name of a file, not ", quote(name)), Exit::usage);
  return name;
}

std::optional<ProvenanceOption> take_provenance(Fields fields) {
  ProvenanceOption option;
  option.mode = parse_min_or_max<ProvenanceOption::Mode>(fields.take("mode", "min"));
  option.version = parse_version(fields.take("version", "v1"));
  option.builder = fields.take("builder-id");
  option.reproducible = fields.take_flag("reproducible", false);
  option.inline_only = fields.take_flag("inline-only", false);
  option.file_name = parse_file_name(fields.take("filename", option.file_name));
  const bool disabled = fields.take_flag("disabled", false);
  fields.refuse_others("provenance");
  return disabled ? std::nullopt : std::optional(option);
}

}  // namespace

std::optional<ProvenanceOption> parse_provenance(const std::string& text) {
  if (text == "false" || text == "0") return std::nullopt;
  if (text == "true" || text == "1") return ProvenanceOption();
  return in_context([&] { return cat("--provenance=", escape(text)); },
                    [&] {
                      if (text == "min" || text == "max")
                        return std::optional(
                            ProvenanceOption{.mode = parse_min_or_max<ProvenanceOption::Mode>(text)});
                      if (text.find('=') == std::string::npos)
                        throw Error("it is true, false, min, max or mode=min|max", Exit::usage);
                      return take_provenance(Fields(split_fields(text)));
                    });
}

std::optional<ProvenanceOption> read_attestations(const std::string& provenance,
                                                  const std::vector<std::string>& attestations) {
  std::optional<ProvenanceOption> option;
  bool given = !provenance.empty();
  if (given) option = parse_provenance(provenance);
  for (const std::string& text : attestations) {
    in_context([&] { return cat("--attest ", quote(text)); },
               [&] {
                 Fields fields(split_fields(text));
                 const std::string type = fields.take("type");
                 if (type != "provenance") {
                   Error error(cat("husk-build writes no attestation of type ", quote(type)), Exit::usage);
                   error.set_hint("type=provenance is the one that it writes");
                   throw error;
                 }
                 if (given) throw Error("the provenance is asked for twice", Exit::usage);
                 given = true;
                 option = take_provenance(std::move(fields));
               });
  }
  return option;
}

}  // namespace husk::build
