#include "libcore/build/provenance_option.hpp"

#include "libcore/base/error.hpp"

#include <gtest/gtest.h>

namespace husk::build {
namespace {

using Version = oci::Provenance::Version;

TEST(ProvenanceOption, NoneIsWanted) {
  for (const char* const text : {"false", "0", "disabled=true", "mode=max,disabled=true"})
    EXPECT_FALSE(parse_provenance(text)) << text;
  EXPECT_FALSE(read_attestations("", {}));
  EXPECT_FALSE(read_attestations("", {"type=provenance,disabled=true"}));
}

TEST(ProvenanceOption, Spellings) {
  struct Case {
    const char* text;
    ProvenanceOption option;
  };
  const std::vector<Case> cases = {
      {"true", {}},
      {"1", {}},
      {"min", {}},
      {"mode=min", {}},
      {"version=v1", {}},
      {"max", {.mode = ProvenanceOption::Mode::max}},
      {"mode=max", {.mode = ProvenanceOption::Mode::max}},
      {"mode=max,version=v0.2", {.mode = ProvenanceOption::Mode::max, .version = Version::v0_2}},
      {"builder-id=https://example.com/b", {.builder = "https://example.com/b"}},
      {"reproducible=true,inline-only=true", {.reproducible = true, .inline_only = true}},
      {"filename=made.json", {.file_name = "made.json"}},
  };
  for (const Case& each : cases) {
    EXPECT_EQ(parse_provenance(each.text), each.option) << each.text;
    EXPECT_EQ(read_attestations(each.text, {}), each.option) << each.text;
  }
  EXPECT_EQ(read_attestations("", {"type=provenance"}), ProvenanceOption());
  EXPECT_EQ(read_attestations("", {"type=provenance,mode=max"}),
            ProvenanceOption{.mode = ProvenanceOption::Mode::max});
}

TEST(ProvenanceOption, WhatIsRefused) {
  struct Case {
    const char* text;
    const char* reason;
  };
  for (const auto& [text, reason] : std::initializer_list<Case>{
           {"", "--provenance=: it is true, false, min, max or mode=min|max"},
           {"full", "--provenance=full: it is true, false, min, max or mode=min|max"},
           {"mode=full", "--provenance=mode=full: mode is min or max, not 'full'"},
           {"max,version=v1", "--provenance=max,version=v1: 'max' is not KEY=VALUE"},
           {"version=v2", "--provenance=version=v2: version is v1 or v0.2, not 'v2'"},
           {"reproducible=yes", "--provenance=reproducible=yes: reproducible is true or false, not 'yes'"},
           {"filename=a/b", "--provenance=filename=a/b: filename is the name of a file, not 'a/b'"},
           {"filename=..", "--provenance=filename=..: filename is the name of a file, not '..'"},
           {"mode=max,mode=max", "--provenance=mode=max,mode=max: 'mode' is given twice"},
           {"generator=x", "--provenance=generator=x: provenance takes no 'generator'"},
       }) {
    try {
      (void)parse_provenance(text);
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(std::string(error.what()), reason);
      EXPECT_EQ(error.exit(), Exit::usage) << text;
    }
  }
}

TEST(ProvenanceOption, AttestationsOfOtherTypes) {
  const auto reason = [](const std::string& provenance, const std::vector<std::string>& attestations) {
    try {
      (void)read_attestations(provenance, attestations);
    } catch (const Error& error) {
      EXPECT_EQ(error.exit(), Exit::usage);
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_EQ(reason("", {"type=sbom"}),
            "--attest 'type=sbom': husk-build writes no attestation of type 'sbom'");
  EXPECT_EQ(reason("", {"mode=max"}), "--attest 'mode=max': husk-build writes no attestation of type ''");
  EXPECT_EQ(reason("min", {"type=provenance"}),
            "--attest 'type=provenance': the provenance is asked for twice");
  EXPECT_EQ(reason("false", {"type=provenance"}),
            "--attest 'type=provenance': the provenance is asked for twice");
  EXPECT_EQ(reason("", {"type=provenance", "type=provenance"}),
            "--attest 'type=provenance': the provenance is asked for twice");
}

}  // namespace
}  // namespace husk::build
