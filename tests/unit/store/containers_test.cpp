#include "libcore/store/containers.hpp"

#include "libcore/base/error.hpp"
#include "libcore/store/container_file.hpp"
#include "libcore/store/container_ids.hpp"
#include "libcore/store/gc.hpp"
#include "libcore/store/gc_lock.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#include <fstream>

using namespace husk;
using namespace husk::store;
namespace fs = std::filesystem;

namespace {

class ContainersTest : public testing::Test {
 protected:
  ContainersTest() {
    std::string name = "/tmp/husk-containers-XXXXXX";
    base_ = ::mkdtemp(name.data());
    store_.emplace(Store::open(base_ / "store", [](const std::string&) {}));
  }
  ~ContainersTest() override { fs::remove_all(base_); }

  Container create(const std::string& name) {
    ContainerConfig config;
    config.name = name;
    config.image = "busybox";
    config.image_id = oci::Digest::parse("sha256:" + std::string(64, 'a'));
    config.diff_ids = {*oci::Digest::parse("sha256:" + std::string(64, 'b'))};
    config.command = {"sh", "-c", "\xff"};
    return create_container(*store_, config);
  }
  static std::string error_of(const std::function<void()>& body) {
    try {
      body();
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }

  fs::path base_;
  std::optional<Store> store_;
};

}  // namespace

TEST_F(ContainersTest, AreFoundByNameAndId) {
  const Container one = create("one");
  const Container two = create("");
  EXPECT_TRUE(fs::is_directory(one.upper()));
  EXPECT_EQ(find_container(*store_, "one").config().id, one.config().id);
  EXPECT_EQ(find_container(*store_, two.config().id.substr(0, 12)).config().name, two.config().name);
  EXPECT_EQ(find_container(*store_, two.config().name).config().id, two.config().id);
  EXPECT_EQ(error_of([&] { (void)find_container(*store_, "three"); }), "no such container: 'three'");
  EXPECT_EQ(error_of([&] { (void)find_container(*store_, "../../etc"); }), "no such container: '../../etc'");
  EXPECT_EQ(list_containers(*store_).size(), 2U);
  EXPECT_EQ(find_container(*store_, "one").config().command.at(1), "-c");
}

TEST_F(ContainersTest, HaveIdsThatAreListedAlone) {
  std::vector<std::string> ids;
  for (const char* const time : {"2026-01-01T00:00:02Z", "2026-01-01T00:00:03Z", "2026-01-01T00:00:01Z"}) {
    ContainerConfig config;
    // What looks like it in an argument is none of it.
    config.command = {"\n \"created\": \"2027\",", "created"};
    config.created = time;
    ids.push_back(create_container(*store_, config).config().id);
  }
  fs::create_directory(base_ / "store/containers" / std::string(64, 'e'));  // unborn
  EXPECT_EQ(list_container_ids(*store_), (std::vector{ids[1], ids[0], ids[2]}));
  std::ofstream(base_ / "store/containers" / ids[0] / "config.json") << R"({"labels": [["created", "x"]]})";
  EXPECT_EQ(error_of([&] { (void)list_container_ids(*store_); }),
            cat("container ", ids[0], ": the container's configuration is damaged"));
}

TEST_F(ContainersTest, HaveOneNameEach) {
  const Container one = create("one");
  EXPECT_EQ(error_of([&] { (void)create("one"); }),
            cat("the name 'one' is taken by container ", one.config().id.substr(0, 12)));
  EXPECT_EQ(list_containers(*store_).size(), 1U);
  for (const char* bad : {"-a", ".a", "a/b", "a b", "@a", "a\n"})
    EXPECT_NE(error_of([&] { (void)create(bad); }), "") << bad;
  remove_container(*store_, one);
  EXPECT_EQ(create("one").config().name, "one");
  // In the inode of the link, not in a block of its own.
  EXPECT_LT(fs::read_symlink(base_ / "store/containers/@one").native().size(), 60U);
}

TEST_F(ContainersTest, AreNoneWithoutAConfiguration) {
  const std::string id(64, 'c');
  const fs::path half_made = base_ / "store" / "containers" / id;
  const Container whole = create("whole");
  fs::create_directories(half_made / "upper");
  EXPECT_EQ(list_unborn_containers(*store_), std::vector<std::string>{id});
  EXPECT_EQ(list_containers(*store_).size(), 1U);
  EXPECT_EQ(error_of([&] { (void)find_container(*store_, id); }), cat("no such container: '", id, "'"));
  {
    const Fd writer = share_gc_lock(*store_);
    (void)collect_garbage(*store_);
    EXPECT_TRUE(fs::exists(half_made)) << "somebody may be making it";
  }
  (void)collect_garbage(*store_);
  EXPECT_FALSE(fs::exists(half_made));
  EXPECT_TRUE(fs::exists(whole.upper()));
  EXPECT_TRUE(fs::is_empty(base_ / "store" / "trash"));
}

TEST_F(ContainersTest, RunAsLongAsTheirProcess) {
  const Container container = create("one");
  EXPECT_EQ(read_state(container).status, Status::created);
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::pause();
    ::_exit(0);
  }
  set_running(container, pid);
  EXPECT_EQ(read_state(container).status, Status::running);
  EXPECT_TRUE(open_running(container).has_value());
  ::kill(pid, SIGKILL);
  siginfo_t info{};
  ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT);
  EXPECT_EQ(read_state(container).status, Status::exited);  // a zombie runs no more
  ::waitpid(pid, nullptr, 0);
  EXPECT_EQ(read_state(container).exit_code, std::nullopt);
  EXPECT_FALSE(open_running(container).has_value());
  set_exited(container, 137);
  EXPECT_EQ(read_state(container).exit_code, 137);
}

TEST_F(ContainersTest, AreNotMistakenForAnotherProcess) {
  const Container container = create("one");
  set_running(container, ::getpid());
  EXPECT_EQ(read_state(container).status, Status::running);
  ContainerState state = read_state(container);
  for (const bool other_boot : {false, true}) {
    ContainerState stale = state;
    if (other_boot)
      stale.boot_id = "another";
    else
      stale.start_time += 1;
    std::ofstream(container.path() / "state.json") << print_container_state(stale);
    EXPECT_EQ(read_state(container).status, Status::exited);
    EXPECT_FALSE(open_running(container).has_value());
  }
}

TEST_F(ContainersTest, KeepImageAndLayers) {
  (void)create("one");
  const ContainerRoots roots = list_container_roots(*store_);
  ASSERT_EQ(roots.image_ids.size(), 1U);
  EXPECT_EQ(roots.layers, (std::vector<std::string>{"s/" + std::string(64, 'b')}));
}

TEST_F(ContainersTest, SayWhenTheirFilesAreDamaged) {
  const Container container = create("one");
  std::ofstream(container.path() / "config.json") << "{";
  EXPECT_EQ(error_of([&] { (void)find_container(*store_, "one"); }),
            cat("container ", container.config().id, ": the container's configuration is damaged"));
}
