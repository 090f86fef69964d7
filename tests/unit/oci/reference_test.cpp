#include "libcore/oci/reference.hpp"

#include "libcore/base/error.hpp"

#include <gtest/gtest.h>

namespace husk::oci {
namespace {

TEST(Reference, NormalizesAndShortens) {
  const struct {
    const char *text, *full, *familiar;
  } cases[] = {
      {"node", "docker.io/library/node:latest", "node"},
      {"node:20", "docker.io/library/node:20", "node:20"},
      {"me/app", "docker.io/me/app:latest", "me/app"},
      {"library/a/b", "docker.io/library/a/b:latest", "library/a/b"},
      {"index.docker.io/node", "docker.io/library/node:latest", "node"},
      {"localhost/app", "localhost/app:latest", "localhost/app"},
      {"127.0.0.1:5000/me/app", "127.0.0.1:5000/me/app:latest", "127.0.0.1:5000/me/app"},
      {"[::1]:5000/app:x", "[::1]:5000/app:x", "[::1]:5000/app:x"},
      {"Registry/app", "Registry/app:latest", "Registry/app"},
  };
  for (const auto& each : cases) {
    const Reference reference = parse_reference(each.text);
    EXPECT_EQ(reference.str(), each.full);
    EXPECT_EQ(reference.familiar(), each.familiar);
    EXPECT_EQ(parse_reference(reference.str()), reference);
    EXPECT_EQ(parse_reference(reference.familiar()), reference);
  }
}

TEST(Reference, RefusesWithAReason) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "empty"},
      {"../etc", "not the name of a registry"},
      {"a/../b", "separators"},
      {"a//b", "separators"},
      {"a/b/", "separators"},
      {"node:", "not a tag"},
      {"node:.x", "not a tag"},
      {"node: 1", "not a tag"},
      {"node@", "not a digest"},
      {"node@sha256:../../x", "not a digest"},
      {"exa_mple.com:x/y", "not the name of a registry"},
      {"a\nb", "separators"},
      {"[::1/x", "not the name of a registry"},
  };
  for (const auto& [text, reason] : cases) {
    try {
      (void)parse_reference(text);
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find(reason), std::string::npos) << error.what();
      EXPECT_EQ(error.exit(), Exit::usage);
    }
  }
}

TEST(Reference, HintsAtUpperCase) {
  try {
    (void)parse_reference("Node");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.hint(), "try 'node'");
  }
}

}  // namespace
}  // namespace husk::oci
