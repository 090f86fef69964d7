#include "libcore/dockerfile/change_mode.hpp"

#include "libcore/base/error.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

using namespace husk::dockerfile;
using husk::Error;

TEST(ChangeMode, OctalAndSymbolic) {
  EXPECT_EQ(change_mode(S_IFREG | 0600, "755"), 0755U);
  EXPECT_EQ(change_mode(S_IFREG | 0644, "u=rwX,go=rX"), 0644U);
  EXPECT_EQ(change_mode(S_IFREG | 0700, "u=rwX,go=rX"), 0755U);
  EXPECT_EQ(change_mode(S_IFDIR | 0600, "a+X"), 0711U);
  EXPECT_EQ(change_mode(S_IFREG | 0777, "go-wx"), 0744U);
  EXPECT_EQ(change_mode(S_IFREG | 0755, "u+s,+t"), 05755U);
  for (const char* wrong : {"", "888", "u", "z=r", "u=q", "17777"})
    EXPECT_THROW((void)change_mode(0, wrong), Error) << wrong;
}
