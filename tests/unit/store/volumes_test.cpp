#include "libcore/store/volumes.hpp"

#include "libcore/base/lock.hpp"
#include "libcore/store/containers.hpp"
#include "tests/unit/store/temporary_store.hpp"

#include <gtest/gtest.h>
#include <filesystem>
#include <fstream>

using namespace husk;
using namespace husk::store;
namespace fs = std::filesystem;

namespace {

class VolumesTest : public testing::Test {
 protected:
  void make(const std::string& name) { EXPECT_TRUE(make_volume(lease_, {name, {}, {{"a", "b"}}})); }
  void write(const std::string& name, const std::string& file) {
    std::ofstream(volume_tree(store_.get(), name) / file) << "content";
  }
  bool is_empty(const std::string& name) { return is_empty_volume(store_.get(), name); }
  int fill(const std::string& name, bool fail = false) {
    int filled = 0;
    try {
      fill_volume(store_.get(), name, [&](int directory) {
        ++filled;
        const Fd file = Fd(::openat(directory, "tree/file", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
        EXPECT_TRUE(file) << "not empty";
        if (fail) throw Error("cut short");
      });
    } catch (const Error&) {
      EXPECT_TRUE(fail);
    }
    return filled;
  }

  TemporaryStore store_;
  Lease lease_{store_.get()};
};

}  // namespace

TEST_F(VolumesTest, AreMadeOnceAndListed) {
  make("two");
  make("one");
  EXPECT_FALSE(make_volume(lease_, {"one", {}, {}}));
  const auto all = list_volumes(store_.get());
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].name, "one");
  EXPECT_EQ(all[0].labels.at("a"), "b");
  EXPECT_FALSE(all[0].created.empty());
  EXPECT_EQ(fs::status(volume_tree(store_.get(), "one")).permissions(), fs::perms(0755));
  EXPECT_FALSE(find_volume(store_.get(), "three"));
  EXPECT_EQ(refusal([&] { (void)get_volume(store_.get(), "three"); }), "no such volume: 'three'");
}

TEST_F(VolumesTest, HaveNamesThatAreNoPaths) {
  for (const char* name : {"", "x", "..", "../x", "a/b", ".ab", "-ab", "a b", "a\n"}) {
    EXPECT_NE(refusal([&] { (void)make_volume(lease_, {name, {}, {}}); }), "") << name;
    EXPECT_FALSE(find_volume(store_.get(), name));
    EXPECT_NE(refusal([&] { remove_volume(store_.get(), name); }), "") << name;
  }
  EXPECT_NE(refusal([&] { check_volume_name(std::string(256, 'a')); }), "");
  check_volume_name(std::string(255, 'a'));
  check_volume_name(choose_volume_name());
}

TEST_F(VolumesTest, AreFilledOnceAndAgainIfThatWasCutShort) {
  make("vol");
  EXPECT_TRUE(is_empty("vol"));
  EXPECT_EQ(fill("vol", true), 1);
  EXPECT_TRUE(is_empty("vol"));
  EXPECT_EQ(fill("vol"), 1);
  EXPECT_FALSE(is_empty("vol"));
  EXPECT_EQ(fill("vol"), 0);
  make("other");
  write("other", "mine");
  EXPECT_FALSE(is_empty("other"));
  EXPECT_EQ(fill("other"), 0);
}

TEST_F(VolumesTest, StayWhileAContainerHasThem) {
  make("vol");
  ContainerConfig config;
  config.name = "box";
  config.mounts = {{.kind = MountConfig::Kind::volume, .source = "vol", .target = "/v"}};
  const Container container = create_container(store_.get(), config);
  EXPECT_EQ(refusal([&] { remove_volume(store_.get(), "vol"); }),
            "volume 'vol' is in use by container 'box'");
  EXPECT_EQ(find_volume_users(store_.get()).at("vol"), std::vector<std::string>{"box"});
  remove_container(store_.get(), container);
  remove_volume(store_.get(), "vol");
  EXPECT_FALSE(find_volume(store_.get(), "vol"));
  EXPECT_TRUE(fs::is_empty(store_.store_path() / "trash"));
  EXPECT_FALSE(hold_volume(store_.get(), "vol"));
}

TEST_F(VolumesTest, ThatAreDamagedAreTold) {
  make("vol");
  make("whole");
  EXPECT_TRUE(check_volumes(store_.get()).empty());
  fs::remove(store_.store_path() / "volumes/vol/lock");
  fs::create_directory(store_.store_path() / "volumes/.stray");
  const auto problems = check_volumes(store_.get());
  EXPECT_EQ(problems.size(), 2U);
  EXPECT_EQ(problems.at("vol"), "it has no lock");
  EXPECT_EQ(problems.at(".stray"), "no volume has this name");
}
