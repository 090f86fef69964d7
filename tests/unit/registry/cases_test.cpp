// The tables that other projects wrote, in $TEST_CASES/registry; see its README. Where the folder is not
// there, skipped.

#include "tests/unit/cases.hpp"
#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/registry/credentials.hpp"
#include "libcore/registry/header_text.hpp"
#include "libcore/registry/registries_conf.hpp"
#include "libcore/registry/token.hpp"

#include <gtest/gtest.h>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

namespace husk::registry {
namespace {

using Json = nlohmann::json;

std::filesystem::path cases() { return ::cases::directory() / "registry"; }

std::string read_text(const std::filesystem::path& path) {
  const std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

class Cases : public testing::Test {
 protected:
  void SetUp() override {
    if (::cases::missing()) GTEST_SKIP() << "no ../shared/cases";
  }
  static Json rows(const std::string& name) {
    return Json::parse(read_text(cases() / (name + ".json")))["rows"];
  }
  static std::string auth_file(const Json& row) {
    if (!row.contains("path")) return "{}";
    return read_text(cases() / "auth-files" / row["path"]["args"].back().get<std::string>());
  }
  static std::string conf(const std::string& path) {
    return read_text(cases() / "registries-conf" / std::filesystem::path(path).filename());
  }
};

std::optional<Credentials> no_helper(const std::string&, const std::string&) { return std::nullopt; }

TEST_F(Cases, ChallengesOfRegistries) {
  for (const Json& row : rows("wwwauthenticate.TestParseValueAndParams.12")) {
    const auto found = parse_challenges({row[0].get<std::string>()});
    ASSERT_EQ(found.size(), 1U) << row[0];
    EXPECT_EQ(found[0].scheme, row[1]);
    EXPECT_EQ(Json(found[0].params), row[2]);
  }
  for (const Json& row : rows("auth_parse.TestParseAuthHeaderBearer.31")) {
    const auto text = [&](const char* name) { return row[name].get<std::string>(); };
    const auto found = parse_challenges({cat("Bearer realm=\"", text("realm"), "\",service=\"",
                                             text("service"), "\",scope=\"", text("scope"), "\"")});
    ASSERT_EQ(found.size(), 1U);
    for (const char* name : {"realm", "service", "scope"}) EXPECT_EQ(found[0].params.at(name), row[name]);
  }
}

TEST_F(Cases, ContentRange) {
  for (const Json& row : rows("body_reader.TestParseContentRange.62")) {
    const auto found = parse_content_range(row[0].get<std::string>());
    ASSERT_TRUE(found) << row;
    EXPECT_EQ(found->first, row[1]);
    EXPECT_EQ(found->last, row[2]);
    EXPECT_EQ(found->size ? static_cast<std::int64_t>(*found->size) : -1, row[3]);
  }
  for (const Json& row : rows("body_reader.TestParseContentRange.92")) {
    EXPECT_FALSE(parse_content_range(row.get<std::string>())) << row;
  }
}

TEST_F(Cases, ContentLength) {
  for (const Json& row : rows("docker_client.TestGetBlobSize.342")) {
    const auto found = parse_content_length(row[0].get<std::vector<std::string>>());
    EXPECT_EQ(found ? static_cast<std::int64_t>(*found) : -1, row[1]) << row;
  }
  for (const Json& row : rows("body_reader.TestParseDecimalInString.18")) {
    EXPECT_EQ(parse_content_length({row[0].get<std::string>()}), row[1].get<std::uint64_t>());
  }
  for (const Json& row : rows("body_reader.TestParseDecimalInString.32")) {
    EXPECT_FALSE(parse_content_length({row.get<std::string>()})) << row;
  }
}

TEST_F(Cases, MediaType) {
  for (const Json& row : rows("docker_image_src.TestSimplifyContentType.88")) {
    EXPECT_EQ(media_type_of(row[0].get<std::string>()), row[1]);
  }
}

TEST_F(Cases, Warning) {
  // Bytes that are not UTF-8 stand there as lone surrogates, which no JSON parser takes: other characters do
  // as well. One row has a character of UTF-8 cut in two by backslashes, and can't be written in JSON at all.
  std::string text = read_text(cases() / "docker_client.TestParseRegistryWarningHeader.320.json");
  for (std::size_t at = text.find("\\udc"); at != std::string::npos; at = text.find("\\udc"))
    text.replace(at, 4, "\\u00");
  const Json table = Json::parse(text);
  for (const Json& row : table.at("rows")) {
    if (row[0].get<std::string>().find("\"UTF8 \\") != std::string::npos) continue;
    EXPECT_EQ(parse_warning(row[0].get<std::string>()), row[1]) << row;
  }
}

TEST_F(Cases, Token) {
  for (const Json& row : rows("docker_client.TestNewBearerTokenFromHTTPResponseBody.110")) {
    if (row["expected"].is_null()) {
      EXPECT_THROW(parse_token(row["input"].get<std::string>(), {}), Error);
      continue;
    }
    const Token token = parse_token(row["input"].get<std::string>(), {});
    EXPECT_EQ(token.text, row["expected"]["token"]);
    const auto sum = row["expected"]["expirationTime"]["args"][0]["$expr"].get<std::string>();
    const auto plus = sum.find('+');
    EXPECT_EQ(token.expires.seconds, std::stoll(sum.substr(0, plus)) + std::stoll(sum.substr(plus + 1)));
  }
}

TEST_F(Cases, CredentialKeys) {
  for (const Json& row : rows("config.TestAuthKeyLookupOrder.647")) {
    EXPECT_EQ(Json(credential_keys(row["input"].get<std::string>())), row["expected"]);
  }
}

TEST_F(Cases, CredentialsInFiles) {
  for (const Json& row : rows("config.TestGetAuth.120")) {
    if (row.contains("sys")) continue;  // given on the command line, or by helpers that are not there
    const std::string key = row.value("key", "");
    const auto found = find_credentials_in(auth_file(row), key, no_helper);
    const Json& expected = row["expected"];
    EXPECT_EQ(found.has_value(), expected.is_object()) << row["name"];
    if (!found || !expected.is_object()) continue;
    EXPECT_EQ(found->user, expected.value("Username", "")) << row["name"];
    EXPECT_EQ(found->password, expected.value("Password", "")) << row["name"];
    EXPECT_EQ(found->identity_token, expected.value("IdentityToken", "")) << row["name"];
  }
}

TEST_F(Cases, CredentialsThatOthersWrote) {
  for (const Json& row : rows("config.TestGetCredentialsInteroperability.470")) {
    const std::string login = row[0].get<std::string>();
    const std::string key =
        login.empty() ? "https://index.docker.io/v1/" : login;  // as docker login writes it
    const std::string file = cat(R"({"auths": {")", key, R"(": {"auth": "dTpw"}}})");
    EXPECT_TRUE(find_credentials_in(file, row[1].get<std::string>(), no_helper)) << row;
  }
  for (const Json& row : rows("config.TestSetGetCredentials.1012")) {
    const std::string file =
        cat(R"({"auths": {")", row["set"].get<std::string>(), R"(": {"auth": "dTpw"}}})");
    EXPECT_EQ(find_credentials_in(file, row["get"].get<std::string>(), no_helper).has_value(),
              row["shouldAuth"])
        << row;
  }
}

TEST_F(Cases, Prefixes) {
  for (const char* name : {"system_registries_v2.TestRefMatchingPrefix.193",
                           "system_registries_v2.TestRefMatchingSubdomainPrefix.151"}) {
    for (const Json& row : rows(name)) {
      const auto found = match_prefix(row[0].get<std::string>(), row[1].get<std::string>());
      if (row[2].is_object()) {
        EXPECT_EQ(found, row[2]["args"][0].get<std::string>().size()) << row;
      } else {
        EXPECT_FALSE(found) << row;
      }
    }
  }
}

TEST_F(Cases, Rewriting) {
  for (const Json& row : rows("system_registries_v2.TestRewriteReferenceSuccess.579")) {
    const auto text = [&](std::size_t i) { return row[i].get<std::string>(); };
    const oci::Reference found = rewrite_reference(text(0), text(1), text(2));
    EXPECT_EQ(found, oci::parse_reference(text(3))) << row;
  }
  for (const Json& row : rows("system_registries_v2.TestRewriteReferenceFailedDuringParseNamed.620")) {
    const auto text = [&](std::size_t i) { return row[i].get<std::string>(); };
    EXPECT_THROW(rewrite_reference(text(0), text(1), text(2)), Error) << row;
  }
}

TEST_F(Cases, InvalidConfiguration) {
  for (const Json& row : rows("system_registries_v2.TestInvalidV2Configs.438")) {
    const auto path = row[0].get<std::string>();
    if (!std::filesystem::exists(cases() / "registries-conf" / std::filesystem::path(path).filename()))
      continue;
    EXPECT_THROW(parse_registries_conf(conf(path)), Error) << path;
  }
  for (const Json& row : rows("system_registries_v2.TestInvalidMirrorConfig.778")) {
    EXPECT_THROW(parse_registries_conf(conf(row["sys"]["SystemRegistriesConfPath"].get<std::string>())),
                 Error)
        << row;
  }
  for (const Json& row : rows("system_registries_v2.TestMixingV1andV2.493")) {
    EXPECT_THROW(parse_registries_conf(conf(row.get<std::string>())), Error) << row;
  }
}

TEST_F(Cases, PullSources) {
  const auto entries = parse_registries_conf(conf("pull-sources-from-reference.conf"));
  const std::string digest = "@sha256:" + std::string(64, '0');
  for (const Json& row : rows("system_registries_v2.TestPullSourcesFromReference.659")) {
    const std::string name = cat(row[0].get<std::string>(), "/", row[1].get<std::string>());
    const auto check = [&](const std::string& text, const Json& places, const Json& insecure) {
      const auto found = pull_sources(entries, oci::parse_reference(text));
      ASSERT_EQ(found.size(), places.size()) << text;
      for (std::size_t i = 0; i < found.size(); ++i) {
        const auto expected = cat(places[i].get<std::string>(), "/", row[1].get<std::string>());
        EXPECT_EQ(cat(found[i].reference.registry, "/", found[i].reference.repository), expected);
        EXPECT_EQ(found[i].insecure, insecure[i].get<bool>());
      }
    };
    check(name + digest, row[2], row[3]);
    check(name + ":aaa", row[4], row[5]);
  }
}

}  // namespace
}  // namespace husk::registry
