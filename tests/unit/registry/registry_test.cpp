#include "libcore/base/error.hpp"
#include "libcore/registry/address.hpp"
#include "libcore/registry/base64.hpp"
#include "libcore/registry/credentials.hpp"
#include "libcore/registry/header_text.hpp"
#include "libcore/registry/token.hpp"
#include "libcore/registry/url.hpp"

#include <gtest/gtest.h>

namespace husk::registry {
namespace {

TEST(Url, OriginsAreComparedExactly) {
  const auto origin = [](const char* text) { return parse_url(text)->origin; };
  EXPECT_EQ(origin("https://Example.com/a"), origin("https://example.com:443/b"));
  EXPECT_NE(origin("https://example.com"), origin("http://example.com"));
  EXPECT_NE(origin("https://example.com"), origin("https://example.com:5000"));
  EXPECT_NE(origin("https://example.com"), origin("https://example.com.evil"));
}

TEST(Url, WhatServersSay) {
  const Url base = *parse_url("https://example.com:5000/v2/a/blobs/uploads/");
  EXPECT_EQ(resolve_url(base, "/v2/x?y=1")->text, "https://example.com:5000/v2/x?y=1");
  EXPECT_EQ(resolve_url(base, "//other/x")->origin.host, "other");
  EXPECT_FALSE(resolve_url(base, "file:///etc/passwd"));
  EXPECT_FALSE(resolve_url(base, "ftp://example.com/"));
  const auto named = resolve_url(base, "https://user:secret@other/x");
  EXPECT_TRUE(named->had_userinfo);
  EXPECT_EQ(named->text, "https://other/x");
}

TEST(Address, Private) {
  for (const char* each : {"127.0.0.1", "10.1.2.3", "169.254.169.254", "192.168.0.1", "172.31.0.1", "[::1]",
                           "fe80::1", "fd00::1", "::ffff:127.0.0.1", "0.0.0.0"}) {
    EXPECT_TRUE(is_private_address(std::string_view(each))) << each;
  }
  for (const char* each : {"8.8.8.8", "172.32.0.1", "2001:db8::1", "example.com", "127.0.0.1.example.com"}) {
    EXPECT_FALSE(is_private_address(std::string_view(each))) << each;
  }
  EXPECT_TRUE(is_private_host("localhost"));
}

TEST(Realm, WhoGetsCredentials) {
  const auto judge = [](const char* registry, const char* realm) {
    return judge_realm(parse_url(registry)->origin, *parse_url(realm));
  };
  using enum RealmTrust;
  EXPECT_EQ(judge("https://registry-1.docker.io", "https://auth.docker.io/token"), credentials);
  EXPECT_EQ(judge("https://quay.io", "https://quay.io/v2/auth"), credentials);
  EXPECT_EQ(judge("https://registry.gitlab.com", "https://gitlab.com/jwt/auth"), credentials);
  EXPECT_EQ(judge("https://reg.example.com", "https://auth.example.com/t"), credentials);
  EXPECT_EQ(judge("https://reg.example.co.uk", "https://auth.example.co.uk/t"), credentials);
  for (const char* evil :
       {"https://evil.com/t", "https://reg.example.com.evil.com/t", "https://example.org/t"}) {
    EXPECT_EQ(judge("https://reg.example.com", evil), anonymous) << evil;
  }
  EXPECT_EQ(judge("https://reg.example.co.uk", "https://evil.co.uk/t"), anonymous);
  EXPECT_EQ(judge("https://a.azurecr.io", "https://b.azurecr.io/t"), anonymous);
  EXPECT_EQ(judge("http://127.0.0.1:5000", "http://127.0.0.2:5000/t"), anonymous);
  for (const char* never : {"http://reg.example.com/t", "https://127.0.0.1/t", "https://169.254.169.254/t",
                            "https://localhost/t", "https://u:p@reg.example.com/t"}) {
    EXPECT_THROW(judge("https://reg.example.com", never), Error) << never;
  }
}

TEST(Challenges, SeveralAndDamaged) {
  const auto several = parse_challenges({R"(Basic realm="a, b", Bearer realm="https://x/t", scope="p:q")"});
  ASSERT_EQ(several.size(), 2U);
  EXPECT_EQ(several[0].scheme, "basic");
  EXPECT_EQ(several[1].params.at("scope"), "p:q");
  EXPECT_TRUE(parse_challenges({"", "=", "\"x\""}).empty());
  EXPECT_TRUE(parse_challenges({"Bearer realm=\"not closed"})[0].params.empty());
}

TEST(RetryAfter, SecondsAndDates) {
  using std::chrono::seconds;
  EXPECT_EQ(parse_retry_after("120", seconds(0)), seconds(120));
  EXPECT_EQ(parse_retry_after("Thu, 01 Jan 1970 00:01:40 GMT", seconds(40)), seconds(60));
  EXPECT_EQ(parse_retry_after("Thu, 01 Jan 1970 00:01:40 GMT", seconds(400)), seconds(0));
  EXPECT_FALSE(parse_retry_after("soon", seconds(0)));
}

TEST(Base64, BothWays) {
  for (const char* each : {"", "a", "ab", "abc", "abcd", "user:p\xC3\xA4ss"}) {
    EXPECT_EQ(decode_base64(encode_base64(each)), each);
  }
  EXPECT_EQ(encode_base64("me:secret"), "bWU6c2VjcmV0");
  for (const char* each : {"a", "ab==c", "====", "!!!!", "abc"}) EXPECT_FALSE(decode_base64(each)) << each;
}

TEST(Credentials, Helpers) {
  std::string asked;
  const auto ask = [&](const std::string& name, const std::string& server) {
    asked = name + " " + server;
    return Credentials{"u", "p", {}};
  };
  EXPECT_TRUE(
      find_credentials_in(R"({"credHelpers": {"a.com": "one"}, "credsStore": "two"})", "a.com/x", ask));
  EXPECT_EQ(asked, "one a.com");
  EXPECT_TRUE(find_credentials_in(R"({"credsStore": "two"})", "docker.io/library/x", ask));
  EXPECT_EQ(asked, "two https://index.docker.io/v1/");
  EXPECT_THROW(ask_helper("../evil", "a.com"), Error);
  EXPECT_THROW(parse_credentials("nobody"), Error);
}

TEST(Credentials, LookAlikesGetNothing) {
  const char* const file = R"({"auths": {"example.com": {"auth": "dTpw"}}})";
  const auto none = [](const std::string&, const std::string&) { return std::optional<Credentials>(); };
  for (const char* each :
       {"example.com.evil/x", "xexample.com/x", "example.com:5000/x", "evil/example.com"}) {
    EXPECT_FALSE(find_credentials_in(file, each, none)) << each;
  }
}

}  // namespace
}  // namespace husk::registry
