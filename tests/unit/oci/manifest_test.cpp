#include "libcore/oci/manifest.hpp"

#include "libcore/base/error.hpp"

#include <gtest/gtest.h>

namespace husk::oci {
namespace {

const std::string digest_text = "sha256:" + std::string(64, 'a');
const std::string config_text =
    R"({"mediaType":"application/vnd.oci.image.config.v1+json","size":2,"digest":")" + digest_text + R"("})";

std::string manifest_refusal(const std::string& text, const std::string& announced = media_type::manifest) {
  try {
    (void)parse_manifest(Verified::name(text, announced));
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

TEST(Manifest, PrintsWhatItParses) {
  const Digest digest = *Digest::parse(digest_text);
  const Manifest manifest{
      .media_type = media_type::manifest,
      .config = {.media_type = media_type::config, .digest = digest, .size = 7},
      .layers =
          {{.media_type = media_type::layer_gzip, .digest = digest, .size = 9, .annotations = {{"a", "b"}}}},
      .annotations = {{"k", "v"}},
  };
  const std::string text = print_manifest(manifest);
  const Manifest parsed = parse_manifest(Verified::name(text, media_type::manifest));
  EXPECT_EQ(parsed.config, manifest.config);
  EXPECT_EQ(parsed.layers, manifest.layers);
  EXPECT_EQ(parsed.annotations, manifest.annotations);
  EXPECT_EQ(print_manifest(parsed), text);
}

// GHSA-xmmx-7jpf-fx42 and its relatives: nobody may be able to read two images out of one document.
TEST(Manifest, RefusesWhatIsAmbiguous) {
  const struct {
    std::string text, announced, reason;
  } cases[] = {
      {R"({"schemaVersion":2,"config":)" + config_text + R"(,"layers":[],"manifests":[]})",
       media_type::manifest, "ambiguous manifest"},
      {R"({"schemaVersion":2,"config":)" + config_text + R"(,"layers":[],"layers":[]})", media_type::manifest,
       "'layers' twice"},
      {R"({"schemaVersion":2,"config":)" + config_text + R"(,"layers":[],"Layers":[]})", media_type::manifest,
       "'Layers' where 'layers' would be"},
      {R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","config":)" + config_text +
           R"(,"layers":[]})",
       media_type::manifest, "ambiguous manifest"},
      {R"({"schemaVersion":2,"config":)" + config_text + R"(,"layers":[]})", media_type::index,
       "not an image manifest"},
      {R"({"schemaVersion":1,"fsLayers":[]})", media_type::manifest, "schema 1"},
      {R"({"schemaVersion":2,"config":)" + config_text + R"(,"layers":[]} x)", media_type::manifest,
       "not valid JSON"},
      {R"({"schemaVersion":2,"layers":[]})", media_type::manifest, "config is missing"},
      {"", media_type::manifest, "not valid JSON"},
      {"[]", media_type::manifest, "not an object"},
  };
  for (const auto& each : cases) {
    EXPECT_NE(manifest_refusal(each.text, each.announced).find(each.reason), std::string::npos)
        << each.text << ": " << manifest_refusal(each.text, each.announced);
  }
}

TEST(Manifest, HasLimits) {
  std::string deep = R"({"schemaVersion":2,"x":)" + std::string(100, '[') + std::string(100, ']') + "}";
  EXPECT_NE(manifest_refusal(deep).find("nested too deeply"), std::string::npos);
  EXPECT_NE(manifest_refusal(std::string(max_manifest_size + 1, ' ')).find("larger than"), std::string::npos);
  std::string many = R"({"schemaVersion":2,"config":)" + config_text + R"(,"layers":[)" + config_text;
  for (std::size_t i = 0; i < max_layers; ++i) many += "," + config_text;
  EXPECT_NE(manifest_refusal(many + "]}").find("more than 500 layers"), std::string::npos);
}

TEST(Manifest, TakesTheTypeTheServerLeavesOut) {
  const std::string text = R"({"schemaVersion":2,"config":)" + config_text + R"(,"layers":null})";
  EXPECT_EQ(parse_manifest(Verified::name(text, "application/json; charset=utf-8")).media_type,
            media_type::manifest);
  EXPECT_EQ(parse_manifest(Verified::name(text, media_type::docker_manifest)).media_type,
            media_type::docker_manifest);
}

TEST(Verified, ChecksSizeThenDigest) {
  const Descriptor right = Verified::name("hello", "text/plain").descriptor();
  EXPECT_EQ(Verified::check("hello", right).bytes(), "hello");
  Descriptor wrong = right;
  wrong.size = 4;
  EXPECT_THROW((void)Verified::check("hello", wrong), Error);
  EXPECT_THROW((void)Verified::check("hellO", right), Error);
}

}  // namespace
}  // namespace husk::oci
