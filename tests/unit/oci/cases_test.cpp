// The documents and names that other projects wrote down as right or wrong; see $TEST_CASES/README.md.

#include "tests/unit/cases.hpp"
#include "libcore/base/error.hpp"
#include "libcore/oci/image_config.hpp"
#include "libcore/oci/layout.hpp"
#include "libcore/oci/manifest.hpp"
#include "libcore/oci/reference.hpp"
#include "libcore/oci/reference_pattern.hpp"

#include <gtest/gtest.h>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

namespace husk::oci {
namespace {

std::filesystem::path cases() { return ::cases::directory() / "oci"; }

// How many rows there are, and for those that are not as they say, why.
class Cases : public testing::Test {
 protected:
  void SetUp() override {
    if (::cases::missing()) GTEST_SKIP() << "no ../shared/cases";
  }
  static void TearDownTestSuite() {
    std::size_t missed = 0;
    for (const auto& [reason, count] : misses) {
      missed += count;
      std::cout << count << " of " << rows << " rows: " << reason << "\n";
    }
    EXPECT_LE(missed * 20, rows) << "less than 95 % of the rows are as they say";
  }
  static void miss(const std::string& reason) { ++misses[reason]; }
  static inline std::size_t rows = 0;

 private:
  static inline std::map<std::string, std::size_t> misses;
};

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

TEST_F(Cases, Schema) {
  for (const auto& one : lines("schema.jsonl")) {
    ++rows;
    const std::string text = one.at("json");
    const std::string refused = parse_kind(one.at("kind"), text);
    const bool valid = one.at("valid").get<bool>();
    if (valid && refused.find("digest algorithm that is not supported") != std::string::npos) {
      miss("blobs are named by sha256 only");
    } else if (!valid && refused.empty() && text.find("\"layers\": []") != std::string::npos) {
      miss("an image without layers (FROM scratch, LABEL …) is what docker and buildah make, too");
    } else {
      EXPECT_EQ(refused.empty(), valid) << refused << "\n" << text;
    }
  }
}

TEST_F(Cases, Compatible) {
  for (const auto& one : lines("compat.jsonl")) {
    if (one.at("kind") == "map") continue;  // no document
    ++rows;
    const std::string text = one.at("json");
    EXPECT_EQ(parse_kind(one.at("kind"), text), "");
    EXPECT_EQ(digest_of(std::as_bytes(std::span(text))).str(), one.at("digest").get<std::string>());
  }
}

TEST_F(Cases, Reference) {
  for (const auto& one : lines("reference.jsonl")) {
    ++rows;
    const std::string text = one.at("input");
    Reference reference;
    const std::string refused = refusal([&] { reference = parse_reference(text); });
    if (refused.find("only sha256 digests") != std::string::npos) {
      if (!one.at("error").get<bool>()) miss("blobs are named by sha256 only");
      continue;
    }
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

TEST_F(Cases, Normalize) {
  const std::string id(64, 'f');
  for (const auto& one : lines("normalize.jsonl")) {
    const std::string text = one.at("input");
    const std::string via = one.at("via");
    SCOPED_TRACE(text);
    ++rows;
    Reference reference;
    const std::string refused = refusal([&] { reference = parse_reference(text); });
    if (via == "ParseNamed" && one.at("error").get<bool>() && refused.empty()) {
      // It takes names in normal form only: this one has another.
      EXPECT_NE(reference.registry + "/" + reference.repository, text.substr(0, text.find('@')));
      continue;
    }
    if (via == "ParseAnyReference" && one.at("expected").get<std::string>().starts_with("sha256:")) {
      // An id, which the store looks up.
      EXPECT_TRUE(!refused.empty() || reference.repository == "library/sha256");
      continue;
    }
    EXPECT_EQ(refused.empty(), !one.at("error").get<bool>()) << refused;
    if (refused.empty() && !one.at("error").get<bool>()) check_normal_form(one, reference);
  }
}

// Everything that the index of a layout reaches, as far as it is there.
void read_layout(const std::filesystem::path& layout) {
  const auto blob = [&](const Descriptor& descriptor) -> std::optional<Verified> {
    const auto path = layout / "blobs/sha256" / std::string(descriptor.digest.hex());
    if (!std::filesystem::exists(path)) return std::nullopt;
    return Verified::check(read_file(path), descriptor);
  };
  if (std::filesystem::exists(layout / "oci-layout")) check_layout_marker(read_file(layout / "oci-layout"));
  std::vector<Descriptor> open = parse_index(Verified::name(read_file(layout / "index.json"), "")).manifests;
  EXPECT_FALSE(open.empty());
  while (!open.empty()) {
    const auto document = blob(open.back());
    open.pop_back();
    if (!document) continue;
    if (is_index_media_type(document->descriptor().media_type)) {
      const auto more = parse_index(*document).manifests;
      open.insert(open.end(), more.begin(), more.end());
    } else if (const auto config = blob(parse_manifest(*document).config)) {
      (void)parse_image_config(*config);
    }
  }
}

TEST_F(Cases, Layouts) {
  for (const auto& layout : std::filesystem::directory_iterator(cases() / "layouts")) {
    ++rows;
    const std::string refused = refusal([&] { read_layout(layout.path()); });
    if (refused.starts_with("content has ")) {
      miss("layouts with a descriptor that has another size than its blob");
    } else if (refused == "manifests[4].mediaType is not a media type") {
      miss("a layout with an entry of the type \"x\", which the schema refuses");
    } else {
      EXPECT_EQ(refused, "") << layout.path();
    }
  }
}

TEST_F(Cases, ReferencePatterns) {
  for (const auto& one : lines("reference_match.jsonl")) {
    ++rows;
    EXPECT_EQ(matches_pattern(parse_reference(one.at("reference").get<std::string>()), one.at("pattern")),
              one.at("expected").get<bool>())
        << one;
  }
}

// The manifests of containers/image, with the reason why we refuse one.
TEST_F(Cases, Manifests) {
  for (const auto& file : std::filesystem::directory_iterator(cases() / "manifests")) {
    ++rows;
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
