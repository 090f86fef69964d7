#include "libcore/runtime/rootfs.hpp"

#include "libcore/base/at.hpp"
#include "libcore/base/io.hpp"
#include "libcore/runtime/overlay.hpp"
#include "libcore/userns/run_in.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <fstream>

using namespace husk;
using namespace husk::runtime;
namespace fs = std::filesystem;

namespace {

class RootfsTest : public testing::Test {
 protected:
  RootfsTest() {
    std::string name = "/tmp/husk-rootfs-XXXXXX";
    base_ = ::mkdtemp(name.data());
  }
  ~RootfsTest() override {
    const auto remove = [this] {
      std::error_code ignored;
      fs::remove_all(base_, ignored);
      return std::string();
    };
    (void)userns::run_in(userns::choose_map(userns::Choice::automatic), remove);
    fs::remove_all(base_);
  }

  fs::path layer(const std::string& name, const std::string& file, const std::string& text) {
    const fs::path path = base_ / name;
    fs::create_directories((path / file).parent_path());
    if (!file.empty()) std::ofstream(path / file) << text;
    return path;
  }
  static std::string read(int root, const std::string& path) {
    return read_all(open_in_root(root, path, O_RDONLY).get(), 4096, path);
  }

  fs::path base_;
};

}  // namespace

TEST_F(RootfsTest, ShowsTheTopmostAndWritesToTheUpper) {
  for (const auto choice : {userns::Choice::single, userns::Choice::automatic}) {
    const std::string kind = cat(static_cast<int>(choice));
    const Rootfs rootfs{{layer("two" + kind, "f", "two"), layer("one" + kind, "f", "one")},
                        layer("upper" + kind, "", ""),
                        layer("work" + kind, "", "")};
    fs::create_directories(rootfs.upper);
    fs::create_directories(rootfs.work);
    const std::string seen = in_rootfs(userns::choose_map(choice), rootfs, [](int root) {
      const Fd made(::openat(root, "new", O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
      write_all(made.get(), "x", "new");
      EXPECT_EQ(::unlinkat(root, "f", 0) == 0 ? 0 : errno, 0);
      return cat("removed ", ::faccessat(root, "f", F_OK, 0) == 0 ? "no" : "yes");
    });
    EXPECT_EQ(seen, "removed yes");
    EXPECT_TRUE(fs::exists(rootfs.upper / "new"));
    EXPECT_TRUE(fs::is_character_file(rootfs.upper / "f"));  // the whiteout
  }
}

TEST_F(RootfsTest, IsReadOnlyWithoutAnUpper) {
  for (const bool two : {false, true}) {
    Rootfs rootfs{{layer("a", "f", "a")}, {}, {}};
    if (two) rootfs.lower.push_back(layer("b", "g", "b"));
    const std::string seen = in_rootfs(userns::choose_map(userns::Choice::single), rootfs, [](int root) {
      const int made = ::openat(root, "new", O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
      return cat(read(root, "/f"), made < 0 && errno == EROFS ? " read-only" : " writable");
    });
    EXPECT_EQ(seen, "a read-only");
  }
}

TEST_F(RootfsTest, NeedsNoLowerLayer) {
  const Rootfs rootfs{{}, layer("upper", "f", "up"), {}};
  EXPECT_EQ(
      in_rootfs(userns::choose_map(userns::Choice::single), rootfs, [](int root) { return read(root, "f"); }),
      "up");
}

TEST_F(RootfsTest, TakesALayerTwice) {
  const fs::path twice = layer("twice", "f", "twice");
  const Rootfs rootfs{{twice, layer("between", "f", "between"), twice}, {}, {}};
  EXPECT_EQ(
      in_rootfs(userns::choose_map(userns::Choice::single), rootfs, [](int root) { return read(root, "f"); }),
      "twice");
}

TEST_F(RootfsTest, Takes500LayersInBothWays) {
  Rootfs rootfs{{}, base_ / "upper", base_ / "work"};
  for (int index = 0; index < 500; ++index) {
    const std::string name =
        cat("layers/a-directory-name-that-is-as-long-as-those-of-digests-are-in-the-store-", index);
    rootfs.lower.push_back(layer(name, cat("f", index), cat(index)));
  }
  fs::create_directories(rootfs.upper);
  fs::create_directories(rootfs.work);
  const auto map = userns::choose_map(userns::Choice::single);
  const auto look = [](int root) { return cat(read(root, "f0"), read(root, "f499")); };
  EXPECT_EQ(in_rootfs(map, rootfs, look), "0499");
  const OverlayPlan plan = plan_overlay(rootfs);
  EXPECT_EQ(userns::run_in(map,
                           [&] {
                             const Fd root(mount_overlay_by_links(plan));
                             if (!root) throw_errno("mount");
                             return look(root.get());
                           }),
            "0499");
}

TEST(OverlayPlan, HasShortNames) {
  const OverlayPlan plan =
      plan_overlay({{"/s/layers/m/b/tree", "/s/layers/m/a/tree"}, "/s/tmp/u/tree", "/s/tmp/u/work"});
  EXPECT_EQ(plan.directory, "/s");
  EXPECT_EQ(plan.lower, (std::vector<std::string>{"layers/m/b/tree", "layers/m/a/tree"}));
  EXPECT_EQ(plan.upper, "tmp/u/tree");
  EXPECT_EQ(plan.link_options, "userxattr,lowerdir=0:1,upperdir=u,workdir=w");
}
