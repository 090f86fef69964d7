#include "libcore/base/lock.hpp"

#include "libcore/base/fd.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <string>

namespace {

using husk::LockKind;

class Lock : public testing::Test {
 protected:
  Lock() : first_(::mkstemp(name_.data())), second_(::open(name_.c_str(), O_RDWR | O_CLOEXEC)) {}
  ~Lock() override { (void)::remove(name_.c_str()); }

  std::string name_ = testing::TempDir() + "husk-lock.XXXXXX";
  husk::Fd first_;
  husk::Fd second_;  // another open file description: the locks of both exclude each other
};

TEST_F(Lock, ExcludesAnotherDescription) {
  EXPECT_TRUE(husk::try_lock(first_.get(), LockKind::exclusive));
  EXPECT_FALSE(husk::try_lock(second_.get(), LockKind::exclusive));
  EXPECT_FALSE(husk::try_lock(second_.get(), LockKind::shared));
}

TEST_F(Lock, IsSharedByReaders) {
  EXPECT_TRUE(husk::try_lock(first_.get(), LockKind::shared));
  EXPECT_TRUE(husk::try_lock(second_.get(), LockKind::shared));
  EXPECT_FALSE(husk::try_lock(second_.get(), LockKind::exclusive));
}

TEST_F(Lock, EndsWithItsDescriptor) {
  EXPECT_TRUE(husk::try_lock(first_.get(), LockKind::exclusive));
  first_.reset();
  EXPECT_TRUE(husk::try_lock(second_.get(), LockKind::exclusive));
}

TEST_F(Lock, SaysThatItWaits) {
  ASSERT_TRUE(husk::try_lock(first_.get(), LockKind::exclusive));
  std::string told;
  husk::lock(second_.get(), LockKind::exclusive, "the store", [&](const std::string& text) {
    told = text;
    first_.reset();
  });
  EXPECT_EQ(told, "waiting for 'the store', which another husk process holds");
}

}  // namespace
