#include "libcore/store/store.hpp"

#include "temporary_store.hpp"

#include <gtest/gtest.h>

namespace husk::store {
namespace {

const Warn ignore = [](const std::string&) {};

TEST(Store, IsPrivate) {
  TemporaryStore temporary;
  struct stat status {};
  ASSERT_EQ(::stat(temporary.store_path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700U);
  ::chmod(temporary.store_path().c_str(), 0777);
  EXPECT_NE(refusal([&] { (void)Store::open(temporary.store_path(), ignore); }).find("writable by others"),
            std::string::npos);
  ::chmod(temporary.store_path().c_str(), 0755);
  (void)Store::open(temporary.store_path(), ignore);
  ASSERT_EQ(::stat(temporary.store_path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700U);
}

TEST(Store, RefusesAnotherFormat) {
  TemporaryStore temporary;
  std::ofstream(temporary.store_path() / "version") << "7\n";
  EXPECT_NE(refusal([&] { (void)Store::open(temporary.store_path(), ignore); }).find("has format 7"),
            std::string::npos);
}

TEST(Store, RefusesAForeignDirectory) {
  TemporaryStore temporary;
  const auto other = temporary.path() / "other";
  std::filesystem::create_directory(other);
  std::ofstream(other / "thesis.tex") << "important";
  EXPECT_NE(refusal([&] { (void)Store::open(other, ignore); }).find("not empty and not a store"),
            std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(other / "version"));
}

TEST(Lease, LeavesNothingBehind) {
  TemporaryStore temporary;
  std::filesystem::path tmp;
  {
    const Lease lease(temporary.get());
    tmp = lease.tmp_path();
    std::filesystem::create_directories(tmp / "a/b/c");
    std::ofstream(tmp / "a/b/c/file") << "x";
    std::filesystem::permissions(tmp / "a/b", std::filesystem::perms::none);
  }
  EXPECT_FALSE(std::filesystem::exists(tmp));
  EXPECT_TRUE(std::filesystem::is_empty(temporary.store_path() / "leases"));
}

TEST(RemoveTree, GoesDeeperThanAnyPath) {
  TemporaryStore temporary;
  const auto top = temporary.path() / "deep";
  std::filesystem::create_directory(top);
  Fd directory(::open(top.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  for (int depth = 0; depth < 3000; ++depth) {
    ASSERT_EQ(::mkdirat(directory.get(), "d", 0755), 0);
    directory.reset(::openat(directory.get(), "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    ASSERT_TRUE(directory);
  }
  std::filesystem::create_symlink(temporary.store_path(), top / "link");
  remove_tree(AT_FDCWD, top);
  EXPECT_FALSE(std::filesystem::exists(top));
  EXPECT_TRUE(std::filesystem::exists(temporary.store_path() / "version"));
}

}  // namespace
}  // namespace husk::store
