#include "libcore/build/git_reference.hpp"

#include "libcore/base/error.hpp"
#include "tests/unit/cases.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

using namespace husk;
using namespace husk::build;

// BuildKit's own table.
TEST(GitReference, AsBuildKitReadsIt) {
  if (cases::missing()) GTEST_SKIP() << "no ../shared/cases";
  std::size_t count = 0;
  for (const nlohmann::json& json : cases::lines("buildkit/tables/git_ref.jsonl")) {
    ++count;
    const std::string text = json.at("ref");
    SCOPED_TRACE(text);
    if (json.contains("err")) {
      const std::string wanted = json.at("err");
      try {
        (void)parse_git_reference(text);
        ADD_FAILURE() << "no error";
      } catch (const Error& error) {
        std::string said = error.what();
        std::replace(said.begin(), said.end(), '\'', '"');
        EXPECT_NE(said.find(wanted), std::string::npos) << said;
      }
      continue;
    }
    const auto found = parse_git_reference(text);
    const auto& expected = json.at("expected");
    ASSERT_EQ(found.has_value(), !expected.is_null());
    if (!found) continue;
    const std::string remote = expected.value("Remote", "");
    EXPECT_EQ(found->remote, found->like_a_path ? "https://" + remote : remote);
    EXPECT_EQ(found->ref, expected.value("Ref", ""));
    EXPECT_EQ(found->subdirectory, expected.value("SubDir", ""));
    EXPECT_EQ(found->checksum, expected.value("Checksum", ""));
    EXPECT_EQ(found->like_a_path, expected.value("IndistinguishableFromLocal", false));
    if (expected.contains("MTime"))
      EXPECT_EQ(found->times == GitReference::Times::of_commit, expected.at("MTime") == "commit");
  }
  EXPECT_GT(count, 30U);
}

TEST(GitReference, WhatGitCouldMisunderstandIsRefused) {
  for (const char* ref : {"--upload-pack=touch x", "-x", "a b", "a..b", "a:b", "a~1", "a^", "a*", "a\\b",
                          "a\nb", "@{-1}", "x?"})
    EXPECT_THROW(check_git_reference({.remote = "https://host/x.git", .ref = ref}), Error) << ref;
  for (const char* ref : {"", "main", "v1.0", "release/1.2", "refs/heads/x", "deadbeef", "a-b_c.d"})
    EXPECT_NO_THROW(check_git_reference({.remote = "https://host/x.git", .ref = ref})) << ref;
  for (const char* remote :
       {"ssh://-oProxyCommand=x/y.git", "ssh://git@-oProxyCommand=x/y", "git@-x:y", "https:///x.git"})
    EXPECT_THROW(check_git_reference({.remote = remote}), Error) << remote;
  for (const char* remote :
       {"ssh://git@host/y.git", "git@host:y", "git://host/y", "https://u:p@host:8443/x.git"})
    EXPECT_NO_THROW(check_git_reference({.remote = remote})) << remote;
}

TEST(GitReference, CredentialsAreForNobodyElse) {
  EXPECT_EQ(without_credentials("https://user:secret@host/x.git#a@b"), "https://host/x.git#a@b");
  EXPECT_EQ(without_credentials("https://host/x@y"), "https://host/x@y");
  EXPECT_EQ(without_credentials("git@host:x"), "git@host:x");
  EXPECT_EQ(without_credentials("ADD [\"http://a:b@c\", 'ssh://g@h/x@y' z@w"),
            "ADD [\"http://c\", 'ssh://h/x@y' z@w");
}

// The same as a context of the command line names it: what is no repository, or no sound one, is none.
TEST(GitReference, FragmentsAsBuildKitReadsThem) {
  if (cases::missing()) GTEST_SKIP() << "no ../shared/cases";
  std::size_t count = 0;
  for (const nlohmann::json& json : cases::lines("buildkit/tables/git_fragment.jsonl")) {
    ++count;
    const std::string text = json.at("ref");
    SCOPED_TRACE(text);
    std::optional<GitReference> found;
    try {
      found = parse_git_reference(text);
    } catch (const Error&) {
      EXPECT_FALSE(json.at("ok").get<bool>());
      continue;
    }
    ASSERT_EQ(found.has_value(), json.at("ok").get<bool>());
    if (!found) continue;
    // BuildKit puts remote and ref together again; the scheme of one that is like a path is not written.
    const std::string remote =
        found->like_a_path ? found->remote.substr(sizeof "https://" - 1) : found->remote;
    EXPECT_EQ(found->ref.empty() ? remote : cat(remote, "#", found->ref), json.at("expected"));
  }
  EXPECT_GT(count, 30U);
}
