#include "libcore/oci/digest.hpp"

#include "libcore/base/error.hpp"
#include "libcore/oci/image_config.hpp"
#include "libcore/oci/manifest.hpp"
#include "libcore/oci/reference.hpp"
#include "tests/unit/oci/hex.hpp"

#include <gtest/gtest.h>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace husk::oci {
namespace {

// A hundred and more ways not to be a digest: CVE-2024-3727 and its relatives, where a store made a path of
// one.
std::vector<std::string> malformed() {
  std::vector<std::string> all = {
      "", ":", "sha256", "sha256:", ":" + hex, hex, "sha256" + hex, "sha256::" + hex};
  for (const char* algorithm :
       {"SHA256",   "Sha256",    "sha-256",   "sha2560", "sha25",  "sha256 ",    " sha256",
        "sha256\t", "md5",       "sha1",      "sha224",  "blake3", "sha256+b64", "sha256:sha256",
        "sha256/x", "../sha256", "sha256/..", ".",       "..",     "/"}) {
    all.push_back(cat(algorithm, ":", hex));
  }
  for (std::size_t length :
       {1U, 2U, 31U, 32U, 40U, 62U, 63U, 65U, 66U, 96U, 127U, 128U, 129U, 1000U, 100000U}) {
    all.push_back("sha256:" + std::string(length, 'a'));
  }
  for (const char* bad : {"A",  "F",    "g",    "z",        "G",    "/", "\\", ".", "..", " ", "\n",
                          "\r", "\t",   "%",    "%2f",      "+",    "-", "_",  "=", ":",  ";", "\"",
                          "'",  "\x7f", "\x1b", "\xc3\xa9", "\xff", "*", "?",  "~", "$",  "@"}) {
    const std::string text = bad;
    all.push_back("sha256:" + text + hex.substr(text.size()));                           // at the beginning
    all.push_back("sha256:" + hex.substr(text.size()) + text);                           // at the end
    all.push_back("sha256:" + hex.substr(0, 30) + text + hex.substr(30 + text.size()));  // within
  }
  for (const char* path :
       {"../../../../etc/passwd", "/etc/passwd", "./x", "..", ".", "../", "a/b", "../sha256/x"}) {
    all.push_back(cat("sha256:", path));
    all.push_back(cat("sha256:", path, std::string(64 - std::string(path).size(), 'a')));
  }
  all.push_back("sha256:" + hex + std::string(1, '\0'));
  all.push_back("sha256:" + hex.substr(1) + std::string(1, '\0'));
  all.push_back(std::string(1, '\0') + "sha256:" + hex);
  return all;
}

TEST(Digest, HasNoInvalidValue) {
  EXPECT_GE(malformed().size(), 100U);
  for (const std::string& text : malformed()) EXPECT_FALSE(Digest::parse(text)) << text;
  const auto good = Digest::parse("sha256:" + hex);
  ASSERT_TRUE(good);
  EXPECT_EQ(good->hex(), hex);
}

bool is_refused(const std::function<void()>& body) {
  try {
    body();
    return false;
  } catch (const Error&) {
    return true;
  }
}

// Wherever a document has a digest.
TEST(Digest, IsCheckedInEveryDocument) {
  for (const std::string& text : malformed()) {
    nlohmann::json good = {
        {"mediaType", "application/vnd.oci.image.config.v1+json"}, {"size", 2}, {"digest", "sha256:" + hex}};
    nlohmann::json bad = good;
    bad["digest"] = text;
    const auto dump = [](const nlohmann::json& json) {
      return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::ignore);
    };
    const auto refused = [&](const nlohmann::json& config, const nlohmann::json& layer,
                             const nlohmann::json& subject) {
      const std::string manifest =
          dump({{"schemaVersion", 2}, {"config", config}, {"layers", {layer}}, {"subject", subject}});
      return is_refused([&] { (void)parse_manifest(Verified::name(manifest, "")); });
    };
    EXPECT_FALSE(refused(good, good, good));
    EXPECT_TRUE(refused(bad, good, good)) << text;
    EXPECT_TRUE(refused(good, bad, good)) << text;
    EXPECT_TRUE(refused(good, good, bad)) << text;
    const std::string index = dump({{"schemaVersion", 2}, {"manifests", {good, bad}}});
    EXPECT_TRUE(is_refused([&] { (void)parse_index(Verified::name(index, "")); })) << text;
    const std::string config =
        dump({{"architecture", "amd64"},
              {"os", "linux"},
              {"rootfs", {{"type", "layers"}, {"diff_ids", {"sha256:" + hex, text}}}}});
    EXPECT_TRUE(is_refused([&] { (void)parse_image_config(Verified::name(config, "")); })) << text;
    EXPECT_TRUE(is_refused([&] { (void)parse_reference("example.com/image@" + text); })) << text;
  }
}

}  // namespace
}  // namespace husk::oci
