#include "libcore/oci/attestation.hpp"

#include "libcore/base/error.hpp"

#include <gtest/gtest.h>

namespace husk::oci {
namespace {

Digest digest(char digit) { return *Digest::parse("sha256:" + std::string(64, digit)); }
std::string digits(char digit) { return std::string(64, digit); }

TEST(Attestation, EntryOfAnIndex) {
  const Descriptor entry =
      attestation_entry({.media_type = media_type::manifest, .digest = digest('a'), .size = 7}, digest('b'));
  EXPECT_TRUE(is_attestation(entry));
  EXPECT_EQ(entry.digest, digest('a'));
  EXPECT_EQ(entry.platform->str(), "unknown/unknown");
  EXPECT_EQ(entry.annotations.at("vnd.docker.reference.type"), "attestation-manifest");
  EXPECT_EQ(entry.annotations.at("vnd.docker.reference.digest"), "sha256:" + digits('b'));
  EXPECT_EQ(subject_of(entry), digest('b'));
}

TEST(Attestation, AnImageIsNone) {
  Descriptor entry{.media_type = media_type::manifest, .digest = digest('a')};
  EXPECT_FALSE(is_attestation(entry));
  EXPECT_FALSE(subject_of(entry));
  entry.platform = Platform{"linux", "amd64", ""};
  EXPECT_FALSE(is_attestation(entry));
  entry.annotations["vnd.docker.reference.digest"] = "no digest";
  EXPECT_FALSE(subject_of(entry));
}

Statement example() {
  return {.subjects = {{"pkg:docker/a@1", digest('a')}, {"_", digest('b')}},
          .predicate_type = "https://slsa.dev/provenance/v1",
          .predicate = R"({"b":1,"a":[]})"};
}

TEST(Statement, IsPrintedWithItsMembersInOrder) {
  EXPECT_EQ(print_statement(example(), JsonLayout::compact),
            R"({"_type":"https://in-toto.io/Statement/v1","predicateType":"https://slsa.dev/provenance/v1",)"
            R"("subject":[{"name":"pkg:docker/a@1","digest":{"sha256":")" +
                digits('a') + R"("}},{"name":"_","digest":{"sha256":")" + digits('b') +
                R"("}}],"predicate":{"b":1,"a":[]}})");
  EXPECT_NE(print_statement(example(), JsonLayout::indented).find("\n  \"predicate\": {\n"),
            std::string::npos);
}

TEST(Statement, NameOfAFileNeedNotBeText) {
  Statement statement = example();
  statement.subjects[0].name = "\xff";
  EXPECT_NE(print_statement(statement, JsonLayout::compact).find("\xef\xbf\xbd"), std::string::npos);
}

TEST(Statement, SubjectsGetTheirNewDigests) {
  const std::string text = print_statement(example(), JsonLayout::compact);
  Statement expected = example();
  expected.subjects[0].digest = digest('c');
  EXPECT_EQ(rename_subjects(text, {{digest('a'), digest('c')}, {digest('e'), digest('f')}}),
            print_statement(expected, JsonLayout::compact));
  EXPECT_EQ(rename_subjects(text, {}), text);
  // One that has no SHA-256 is about something else.
  const std::string other = R"({"subject":[{"name":"x","digest":{"sha1":"ab"}}]})";
  EXPECT_EQ(rename_subjects(other, {{digest('a'), digest('c')}}), other);
}

TEST(Statement, WhatIsNoneIsRefused) {
  for (const char* const text :
       {"", "[]", "{}", R"({"subject":{}})", R"({"subject":[1]})", R"({"subject":[{"name":"x"}]})",
        R"({"subject":[],"subject":[]})", R"({"subject":[{"digest":{"sha256":1}}]})"}) {
    EXPECT_THROW((void)rename_subjects(text, {}), Error) << text;
  }
}

TEST(Attestation, ConfigurationNamesTheStatements) {
  const Descriptor layer =
      statement_layer({.media_type = "", .digest = digest('a'), .size = 3}, "https://example.com/type");
  EXPECT_EQ(layer.media_type, "application/vnd.in-toto+json");
  EXPECT_EQ(layer.annotations.at("in-toto.io/predicate-type"), "https://example.com/type");
  EXPECT_EQ(
      print_attestation_config({layer}),
      R"({"architecture":"unknown","os":"unknown","config":{},"rootfs":{"type":"layers","diff_ids":["sha256:)" +
          digits('a') + R"("]}})");
}

}  // namespace
}  // namespace husk::oci
