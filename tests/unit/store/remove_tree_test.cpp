#include "libcore/store/remove_tree.hpp"

#include "tests/unit/store/temporary_store.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <atomic>
#include <thread>

namespace husk::store {
namespace {

TEST(RemoveTree, WaitsForWhoStillMakesFiles) {
  const TemporaryStore store;
  const Fd top(::open(store.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  for (int round = 0; round < 20; ++round) {
    ASSERT_EQ(::mkdirat(top.get(), "tree", 0700), 0);
    const Fd tree(::openat(top.get(), "tree", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    std::atomic<bool> begun = false;
    std::thread writer([&] {
      for (int i = 0; i < 300; ++i) {
        const Fd made(::openat(tree.get(), std::to_string(i).c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
        begun = true;
      }
    });
    while (!begun) std::this_thread::yield();
    EXPECT_NO_THROW(remove_tree(top.get(), "tree"));
    writer.join();
    EXPECT_NE(::faccessat(top.get(), "tree", F_OK, AT_SYMLINK_NOFOLLOW), 0);
  }
}

}  // namespace
}  // namespace husk::store
