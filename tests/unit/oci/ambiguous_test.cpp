// Documents that two programs could read as two images: GHSA-xmmx-7jpf-fx42, GHSA-77vh-xpmg-72qh,
// GHSA-qq97-vm5h-rrhg. Whatever is said about them, nobody gets an image out of one.

#include "libcore/base/error.hpp"
#include "libcore/oci/image_config.hpp"
#include "libcore/oci/manifest.hpp"
#include "tests/unit/oci/hex.hpp"

#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace husk::oci {
namespace {

const std::string blob =
    R"({"mediaType":"application/vnd.oci.image.layer.v1.tar","size":2,"digest":"sha256:)" + hex + R"("})";
const std::string config =
    R"({"mediaType":"application/vnd.oci.image.config.v1+json","size":2,"digest":"sha256:)" + hex + R"("})";
const std::string as_manifest = R"("config":)" + config + R"(,"layers":[)" + blob + "]";
const std::string as_index = R"("manifests":[)" + blob + "]";

// What the document is refused for; "" if either parser takes it.
std::string refusal_by_both(const std::string& text, const std::string& announced) {
  std::string all;
  for (const bool index : {false, true}) {
    try {
      if (index) {
        (void)parse_index(Verified::name(text, announced));
      } else {
        (void)parse_manifest(Verified::name(text, announced));
      }
      return "";
    } catch (const Error& error) {
      all += cat(error.what(), "\n");
    }
  }
  return all;
}

std::string document(const std::string& members) { return R"({"schemaVersion":2,)" + members + "}"; }

TEST(Ambiguous, NothingIsAManifestAndAnIndex) {
  using namespace media_type;
  for (const std::string& announced :
       {std::string(manifest), std::string(index), std::string(docker_manifest), std::string(docker_index),
        std::string("application/json"), std::string()}) {
    for (const std::string& members : std::vector<std::string>{
             as_manifest + "," + as_index, as_index + "," + as_manifest, as_manifest + R"(,"manifests":[])",
             as_index + R"(,"layers":[])", as_index + R"(,"config":)" + config,
             as_manifest + R"(,"fsLayers":[])", as_index + R"(,"fsLayers":[{"blobSum":"x"}])",
             R"("layers":[],"manifests":[])"}) {
      EXPECT_NE(refusal_by_both(document(members), announced).find("ambiguous"), std::string::npos)
          << announced << ": " << members;
    }
  }
}

TEST(Ambiguous, WhatItSaysItIsIsWhatItWasAnnouncedAs) {
  using namespace media_type;
  const std::vector<std::string> types = {manifest, docker_manifest, index, docker_index};
  for (const std::string& own : types) {
    for (const std::string& announced : types) {
      const bool is_index = own == index || own == docker_index;
      const std::string text =
          document(R"("mediaType":")" + own + R"(",)" + (is_index ? as_index : as_manifest));
      EXPECT_EQ(refusal_by_both(text, announced).empty(), own == announced) << own << " as " << announced;
      EXPECT_EQ(refusal_by_both(text, announced + "; charset=utf-8").empty(), own == announced);
      EXPECT_EQ(refusal_by_both(text, ""), "");
    }
    // Right members, but those of the other kind.
    const bool is_index = own == index || own == docker_index;
    const std::string text =
        document(R"("mediaType":")" + own + R"(",)" + (is_index ? as_manifest : as_index));
    EXPECT_NE(refusal_by_both(text, own), "") << own;
  }
}

TEST(Ambiguous, NoNameTwice) {
  for (const std::string& members : std::vector<std::string>{
           as_manifest + R"(,"layers":[])", as_manifest + R"(,"config":)" + config,
           as_manifest + R"(,"schemaVersion":2)", as_manifest + R"(,"layers":[)" + blob + "]",
           as_manifest + R"(,"\u006cayers":[])", as_manifest + R"(,"annotations":{"a":"1","a":"2"})",
           as_index + R"(,"manifests":[])", as_index + R"(,"mediaType":"a/b","mediaType":"c/d")",
           R"("config":{"digest":"sha256:)" + hex + "\"," + config.substr(1) + R"(,"layers":[])"}) {
    EXPECT_NE(refusal_by_both(document(members), "").find("twice in one object"), std::string::npos)
        << members;
  }
}

// Go's parser takes these for the real name; others do not.
TEST(Ambiguous, NoNameInAnotherCase) {
  for (const std::string& members :
       std::vector<std::string>{as_manifest + R"(,"Layers":[])", as_manifest + R"(,"LAYERS":[])",
                                as_manifest + R"(,"Config":{})", as_manifest + R"(,"Manifests":[])",
                                as_manifest + R"(,"mediatype":"a/b")", as_manifest + R"(,"SchemaVersion":1)",
                                as_index + R"(,"MANIFESTS":[])", as_index + R"(,"layErs":[])"}) {
    EXPECT_NE(refusal_by_both(document(members), "").find("ambiguous"), std::string::npos) << members;
  }
}

TEST(Ambiguous, NothingBesideTheDocument) {
  const std::string good = document(as_manifest);
  EXPECT_EQ(refusal_by_both(good, ""), "");
  for (const std::string& text : {good + good,
                                  good + "x",
                                  "x" + good,
                                  good.substr(1),
                                  good.substr(0, good.size() - 1),
                                  good + ",",
                                  "[" + good + "]",
                                  good + std::string(1, '\0'),
                                  good + std::string(1, '\0') + good,
                                  "/* */" + good,
                                  "// x\n" + good,
                                  "\"" + good + "\"",
                                  std::string("null"),
                                  std::string("2"),
                                  std::string("\xff\xfe{}"),
                                  std::string("{'schemaVersion':2}"),
                                  std::string("{schemaVersion:2}"),
                                  std::string("{\"schemaVersion\":2,}"),
                                  document(as_manifest + R"(,"x":"\ud800")"),
                                  document(as_manifest + ",\"x\":\"\xc0\xaf\""),
                                  document(as_manifest + R"(,"x":NaN)"),
                                  document(as_manifest + R"(,"x":0x1)")}) {
    EXPECT_NE(refusal_by_both(text, ""), "") << text;
  }
}

TEST(Ambiguous, NoOtherVersionAndNoNumberThatIsNone) {
  for (const char* version :
       {"1", "3", "2.0", "\"2\"", "-2", "null", "[2]", "1e400", "18446744073709551618"}) {
    const std::string text = std::string(R"({"schemaVersion":)") + version + "," + as_manifest + "}";
    EXPECT_NE(refusal_by_both(text, ""), "") << version;
  }
  for (const char* size :
       {"-1", "1.5", "\"2\"", "1e3", "9223372036854775808", "18446744073709551616", "null", "{}"}) {
    std::string entry = blob;
    entry.replace(entry.find("\"size\":2"), 8, std::string("\"size\":") + size);
    const std::string text = document(R"("config":)" + config + R"(,"layers":[)" + entry + "]");
    EXPECT_NE(refusal_by_both(text, ""), "") << size;
  }
}

}  // namespace
}  // namespace husk::oci
