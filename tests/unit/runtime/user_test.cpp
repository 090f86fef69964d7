#include "libcore/runtime/user.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/fd.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>
#include <filesystem>
#include <fstream>
#include <vector>

using namespace husk;
using namespace husk::runtime;
namespace fs = std::filesystem;

namespace {

class UserTest : public testing::Test {
 protected:
  UserTest() {
    std::string name = "/tmp/husk-user-XXXXXX";
    base_ = ::mkdtemp(name.data());
    fs::create_directories(base_ / "etc");
  }
  ~UserTest() override { fs::remove_all(base_); }

  void write(const std::string& file, const std::string& text) {
    std::ofstream(base_ / "etc" / file) << text;
  }
  UserFailure find(const std::string& user) {
    const Fd root(::open(base_.c_str(), O_PATH | O_CLOEXEC));
    return find_identity(root.get(), parse_user(user), identity_);
  }

  fs::path base_;
  Identity identity_;
};

}  // namespace

TEST(ParseUser, TakesNamesAndNumbers) {
  EXPECT_EQ(parse_user(""), (UserRequest{"", 0, "", {}}));
  EXPECT_EQ(parse_user("7"), (UserRequest{"", 7, "", {}}));
  EXPECT_EQ(parse_user("node"), (UserRequest{"node", {}, "", {}}));
  EXPECT_EQ(parse_user("node:5"), (UserRequest{"node", {}, "", 5}));
  EXPECT_EQ(parse_user("4294967294:www"), (UserRequest{"", 4294967294U, "www", {}}));
  EXPECT_EQ(parse_user("1abc"), (UserRequest{"1abc", {}, "", {}}));  // a name, if the image has such a one
}

TEST(ParseUser, RefusesWhatWrapsOrIsNoName) {
  for (const char* text : {"4294967295", "4294967296", "18446744073709551616", "-1", "+1", "0:-1",
                           "0:4294967295", ":", "a:", ":0", "a b", "a\nb", "../x", " 1"}) {
    EXPECT_THROW((void)parse_user(text), Error) << text;
  }
}

TEST_F(UserTest, FindsNameGroupHomeAndGroups) {
  write("passwd", "root:x:0:0:root:/root:/bin/sh\nnode:x:1000:1001:Node:/home/node:/bin/sh\n");
  write("group", "root:x:0:\nwheel:x:10:root,node\nnode:x:1001:node\ndocker:x:99:other,node\n");
  EXPECT_EQ(find("node"), UserFailure::none);
  EXPECT_EQ(identity_.uid, 1000U);
  EXPECT_EQ(identity_.gid, 1001U);
  EXPECT_STREQ(identity_.home.data(), "/home/node");
  const std::vector<gid_t> groups(identity_.groups.begin(), identity_.groups.begin() + identity_.group_count);
  EXPECT_EQ(groups, (std::vector<gid_t>{1001, 10, 99}));  // the own one first, and once

  EXPECT_EQ(find("1000"), UserFailure::none);
  EXPECT_EQ(identity_.gid, 1001U);
  EXPECT_EQ(find("node:wheel"), UserFailure::none);
  EXPECT_EQ(identity_.gid, 10U);
  EXPECT_EQ(identity_.group_count, 1U);
  EXPECT_EQ(identity_.groups[0], 10U);
  EXPECT_EQ(find("77:78"), UserFailure::none);
  EXPECT_EQ(identity_.uid, 77U);
  EXPECT_EQ(identity_.gid, 78U);
  EXPECT_STREQ(identity_.home.data(), "/");
  EXPECT_EQ(find(""), UserFailure::none);
  EXPECT_STREQ(identity_.home.data(), "/root");
  EXPECT_EQ(find("nobody"), UserFailure::no_such_user);
  EXPECT_EQ(find("node:nobody"), UserFailure::no_such_group);
}

TEST_F(UserTest, WorksWithoutTheFiles) {
  EXPECT_EQ(find(""), UserFailure::none);
  EXPECT_EQ(find("5:6"), UserFailure::none);
  EXPECT_EQ(identity_.group_count, 1U);
  EXPECT_EQ(identity_.groups[0], 6U);
  EXPECT_EQ(find("name"), UserFailure::no_such_user);
}

TEST_F(UserTest, IsNotHeldUpByWhatIsNoFile) {
  ASSERT_EQ(::mkfifo((base_ / "etc/passwd").c_str(), 0644), 0);
  EXPECT_EQ(find("x"), UserFailure::bad_passwd);
  for (const char* target : {"/dev/zero", "../../../../../../dev/zero", "/proc/self/fd/0"}) {
    fs::remove(base_ / "etc/passwd");
    fs::create_symlink(target, base_ / "etc/passwd");
    EXPECT_EQ(find("x"), UserFailure::no_such_user) << target;  // inside the root there is nothing
  }
  fs::remove(base_ / "etc/passwd");
  fs::create_directory(base_ / "etc/passwd");
  EXPECT_EQ(find("x"), UserFailure::bad_passwd);
}

TEST_F(UserTest, LimitsFileAndLine) {
  write("passwd", "");
  fs::resize_file(base_ / "etc/passwd", 1ULL << 40);
  EXPECT_EQ(find("x"), UserFailure::bad_passwd);
  fs::remove(base_ / "etc/passwd");
  write("passwd", std::string(5000, 'a'));
  EXPECT_EQ(find("x"), UserFailure::bad_passwd);
  write("passwd", "x:x:1:1:::\n");
  std::string members = "g:x:5:";
  for (int index = 0; index < 1000; ++index) members += "somebody,";
  write("group", members);
  EXPECT_EQ(find("x"), UserFailure::bad_group);
}

TEST(ParseGroups, AreNamesOrNumbers) {
  const auto groups = husk::runtime::parse_groups({"wheel", "55"});
  EXPECT_EQ(groups.at(0).name, "wheel");
  EXPECT_EQ(groups.at(1).gid, 55U);
  EXPECT_THROW((void)husk::runtime::parse_groups({"-1"}), husk::Error);
  EXPECT_THROW((void)husk::runtime::parse_groups({""}), husk::Error);
}
