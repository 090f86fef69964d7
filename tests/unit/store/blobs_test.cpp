#include "libcore/store/blobs.hpp"

#include "temporary_store.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <csignal>

namespace husk::store {
namespace {

oci::Descriptor describe(std::string_view text) {
  return {.media_type = "text/plain", .digest = oci::digest_of(as_bytes(text)), .size = text.size()};
}

TEST(BlobWriter, PutsAndFinds) {
  TemporaryStore temporary;
  const Lease lease(temporary.get());
  const oci::Descriptor descriptor = write_blob(lease, "hello", "text/plain");
  EXPECT_EQ(descriptor, describe("hello"));
  EXPECT_EQ(read_document(temporary.get(), descriptor).bytes(), "hello");
  struct stat status {};
  ASSERT_EQ(::fstat(find_blob(temporary.get(), descriptor.digest)->get(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0400U);
  EXPECT_EQ(write_blob(lease, "hello", "text/plain"), descriptor);  // already there
}

TEST(BlobWriter, ChecksSizeThenDigest) {
  TemporaryStore temporary;
  const Lease lease(temporary.get());
  const auto put = [&](const oci::Descriptor& expected, std::string_view text) {
    return refusal([&] {
      BlobWriter writer(lease, expected);
      writer.write(as_bytes(text));
      (void)writer.commit();
    });
  };
  EXPECT_NE(put(describe("hello"), "hello!").find("more than the 5 bytes"), std::string::npos);
  EXPECT_NE(put(describe("hello"), "hell").find("4 bytes instead of 5"), std::string::npos);
  EXPECT_NE(put(describe("hello"), "hellO").find("digest"), std::string::npos);
  EXPECT_TRUE(std::filesystem::is_empty(temporary.store_path() / "blobs/sha256"));
}

// Without commit() there is nothing, not even a temporary file.
TEST(BlobWriter, LeavesNothingWithoutCommit) {
  TemporaryStore temporary;
  const Lease lease(temporary.get());
  {
    BlobWriter writer(lease, std::nullopt);
    writer.write(as_bytes("half"));
  }
  EXPECT_TRUE(std::filesystem::is_empty(temporary.store_path() / "blobs/sha256"));
}

// A disk that is full for a moment: what was written before and after it is no blob.
TEST(BlobWriter, GivesUpAfterAFailedWrite) {
  TemporaryStore temporary;
  const Lease lease(temporary.get());
  BlobWriter writer(lease, std::nullopt);
  writer.write(as_bytes("first"));
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &limit), 0);
  const rlimit small{.rlim_cur = 5, .rlim_max = limit.rlim_max};
  void (*const old)(int) = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  EXPECT_NE(refusal([&] { writer.write(as_bytes("lost")); }).find("File too large"), std::string::npos);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
  (void)std::signal(SIGXFSZ, old);
  EXPECT_NE(refusal([&] { (void)writer.commit(); }).find("could not be written whole"), std::string::npos);
  EXPECT_TRUE(std::filesystem::is_empty(temporary.store_path() / "blobs/sha256"));
}

TEST(BlobWriter, TwoProcessesRace) {
  TemporaryStore temporary;
  const std::string content(1 << 20, 'x');
  std::vector<pid_t> children;
  for (int i = 0; i < 8; ++i) {
    const pid_t pid = ::fork();
    if (pid == 0) {
      int status = 1;
      try {
        const Lease lease(temporary.get());
        BlobWriter writer(lease, describe(content));
        writer.write(as_bytes(content));
        (void)writer.commit();
        status = 0;
      } catch (const std::exception&) {
      }
      ::_exit(status);
    }
    children.push_back(pid);
  }
  for (const pid_t pid : children) {
    int status = 0;
    ::waitpid(pid, &status, 0);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(read_document(temporary.get(), describe(content)).bytes(), content);
}

}  // namespace
}  // namespace husk::store
