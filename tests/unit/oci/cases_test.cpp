// The documents and names that other projects wrote down as right or wrong; see $TEST_CASES/README.md.

#include "libcore/base/error.hpp"
#include "libcore/oci/image_config.hpp"
#include "libcore/oci/layout.hpp"
#include "libcore/oci/manifest.hpp"
#include "libcore/oci/reference.hpp"

#include <gtest/gtest.h>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>

namespace husk::oci {
namespace {

std::filesystem::path cases() {
  const char* const directory = std::getenv("TEST_CASES");
  return std::filesystem::path(directory == nullptr ? "" : directory) / "oci";
}

#define NEED_CASES() \
  if (!std::filesystem::is_directory(cases())) GTEST_SKIP() << "TEST_CASES names no directory of cases"

std::string read_file(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

std::vector<nlohmann::json> lines(const char* file) {
  std::vector<nlohmann::json> all;
  std::ifstream in(cases() / file);
  for (std::string line; std::getline(in, line);) all.push_back(nlohmann::json::parse(line));
  return all;
}

// What BODY says when it refuses; "" when it does not.
std::string refusal(const std::function<void()>& body) {
  try {
    body();
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

// A document that is right by its schema and names a blob by another hash than sha256 is refused because of
// that only.
bool is_valid(const std::string& refused) {
  return refused.empty() || refused.find("digest algorithm that is not supported") != std::string::npos;
}

std::string parse_kind(const std::string& kind, const std::string& text) {
  return refusal([&] {
    if (kind == "config") (void)parse_image_config(Verified::name(text, media_type::config));
    if (kind == "manifest") (void)parse_manifest(Verified::name(text, ""));
    if (kind == "imageIndex") (void)parse_index(Verified::name(text, ""));
    if (kind == "imageLayout") check_layout_marker(text);
    if (kind == "descriptor") {
      (void)parse_index(
          Verified::name(R"({"schemaVersion":2,"manifests":[)" + text + "]}", media_type::index));
    }
  });
}

TEST(Cases, Schema) {
  NEED_CASES();
  std::size_t number = 0;
  for (const auto& one : lines("schema.jsonl")) {
    ++number;
    const std::string text = one.at("json");
    // An image without layers (FROM scratch, LABEL …) is what docker and buildah make, too, though the schema
    // asks for one layer at least.
    if (text.find("\"layers\": []") != std::string::npos) continue;
    const std::string refused = parse_kind(one.at("kind"), text);
    const bool as_expected = one.at("valid").get<bool>() ? is_valid(refused) : !refused.empty();
    EXPECT_TRUE(as_expected) << number << ": " << refused << "\n" << text;
  }
}

TEST(Cases, Compatible) {
  NEED_CASES();
  for (const auto& one : lines("compat.jsonl")) {
    if (one.at("kind") == "map") continue;
    const std::string text = one.at("json");
    EXPECT_EQ(parse_kind(one.at("kind"), text), "");
    EXPECT_EQ(digest_of(std::as_bytes(std::span(text))).str(), one.at("digest").get<std::string>());
  }
}

TEST(Cases, Reference) {
  NEED_CASES();
  for (const auto& one : lines("reference.jsonl")) {
    const std::string text = one.at("input");
    Reference reference;
    const std::string refused = refusal([&] { reference = parse_reference(text); });
    if (refused.find("only sha256 digests") != std::string::npos) continue;  // by design
    EXPECT_EQ(refused.empty(), !one.at("error").get<bool>()) << text << ": " << refused;
    if (!refused.empty() || one.at("error").get<bool>()) continue;
    // The table has names before normalisation.
    const std::string name = reference.registry + "/" + reference.repository;
    const std::string expected = one.at("repository");
    EXPECT_TRUE(name == expected || name.ends_with("/" + expected)) << name;
    if (one.contains("tag")) {
      EXPECT_EQ(reference.tag, one.at("tag").get<std::string>());
    }
    if (one.contains("digest")) {
      EXPECT_EQ(reference.digest->str(), one.at("digest").get<std::string>());
    }
  }
}

void check_normal_form(const nlohmann::json& one, const Reference& reference) {
  const std::string via = one.at("via");
  if (one.contains("domain") && one.at("domain").is_string()) {
    EXPECT_EQ(reference.registry, one.at("domain").get<std::string>());
  }
  if (one.contains("name") && one.at("name").is_string()) {
    EXPECT_EQ(reference.repository, one.at("name").get<std::string>());
  }
  if (!one.contains("expected")) return;
  Reference shown = reference;
  // These functions add no "latest"; ParseDockerRef() drops a tag beside a digest.
  const std::string text = one.at("input");
  const auto slash = text.rfind('/');
  const bool has_tag = text.find(':', slash == std::string::npos ? 0 : slash) != std::string::npos;
  if (via != "ParseDockerRef" && !has_tag) shown.tag.clear();
  if (via == "ParseDockerRef" && shown.digest) shown.tag.clear();
  EXPECT_EQ(shown.str(), one.at("expected").get<std::string>()) << via;
}

TEST(Cases, Normalize) {
  NEED_CASES();
  const std::string id(64, 'f');
  for (const auto& one : lines("normalize.jsonl")) {
    const std::string text = one.at("input");
    const std::string via = one.at("via");
    // ParseNamed() takes names in normal form only, which nobody types; ids are looked up by the store.
    if (via == "ParseNamed" && one.at("error").get<bool>()) continue;
    if (via == "ParseAnyReference" && one.at("expected").get<std::string>().starts_with("sha256:")) continue;
    SCOPED_TRACE(text);
    Reference reference;
    const std::string refused = refusal([&] { reference = parse_reference(text); });
    EXPECT_EQ(refused.empty(), !one.at("error").get<bool>()) << refused;
    if (refused.empty() && !one.at("error").get<bool>()) check_normal_form(one, reference);
  }
}

// The manifests of containers/image, with the reason why we refuse one.
TEST(Cases, Manifests) {
  NEED_CASES();
  for (const auto& file : std::filesystem::directory_iterator(cases() / "manifests")) {
    const std::string name = file.path().filename();
    const std::string text = read_file(file.path());
    SCOPED_TRACE(name);
    const auto json = nlohmann::json::parse(text, nullptr, false);
    const std::string own = json.is_object() ? json.value("mediaType", "") : "";
    const bool is_config = name.find("config") != std::string::npos &&
                           name.find("extra-config") == std::string::npos && !json.contains("fsLayers");
    const bool is_index = json.is_object() && json.contains("manifests");
    const std::string refused = parse_kind(is_config ? "config" : is_index ? "imageIndex" : "manifest", text);
    if (json.is_discarded()) {
      EXPECT_NE(refused.find("not valid JSON"), std::string::npos) << refused;
    } else if (json.value("schemaVersion", 2) == 1) {
      EXPECT_NE(refused.find("schema 1"), std::string::npos) << refused;
    } else if (json.value("schemaVersion", 2) != 2) {
      EXPECT_NE(refused.find("is not known"), std::string::npos) << refused;
    } else if (name.find("artifact.json") != std::string::npos && name.starts_with("ociv1")) {
      EXPECT_NE(refused.find("config.digest is not a digest"), std::string::npos) << refused;  // it is empty
    } else if (text.find("\"size\": -1") != std::string::npos ||
               text.find("\"size\":-1") != std::string::npos) {
      EXPECT_NE(refused.find("size is not a whole number"), std::string::npos)
          << refused;  // made of a schema 1 one
    } else {
      EXPECT_EQ(refused, "");
    }
  }
}

}  // namespace
}  // namespace husk::oci
