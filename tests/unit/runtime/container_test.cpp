#include "tests/unit/runtime/container_fixture.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <csignal>

using namespace husk;
using namespace husk::runtime;

TEST_P(ContainerTest, RunsAndReturnsTheExitCode) {
  EXPECT_EQ(run({"true"}), 0);
  EXPECT_EQ(run({"sh", "-c", "exit 7"}), 7);
  EXPECT_EQ(run({"sh", "-c", "sh -c 'kill -9 $$'; exit $?"}), 137);
  EXPECT_EQ(sh("echo $$ $HOME $HOSTNAME; hostname; pwd; umask; ulimit -c"), "1 /root box\nbox\n/\n0022\n0\n");
}

TEST_P(ContainerTest, SaysWhatItCouldNotExecute) {
  EXPECT_EQ(error_of({"nothing"}, Exit::not_found), "execute 'nothing': No such file or directory");
  EXPECT_EQ(error_of({"/etc/passwd"}, Exit::not_executable), "execute '/etc/passwd': Permission denied");
  EXPECT_EQ(error_of({"/etc"}, Exit::not_executable), "execute '/etc': Permission denied");
}

TEST_P(ContainerTest, HasFewCapabilitiesAndAFilter) {
  const std::string status = sh("grep -E '^(Cap|Seccomp:|NoNewPrivs)' /proc/self/status");
  EXPECT_NE(status.find("CapInh:\t0000000000000000\nCapPrm:\t00000000800405fb\nCapEff:\t00000000800405fb\n"
                        "CapBnd:\t00000000800405fb\nCapAmb:\t0000000000000000\n"),
            std::string::npos)
      << status;
  EXPECT_NE(status.find("Seccomp:\t2\n"), std::string::npos);
}

TEST_P(ContainerTest, HasADevOfItsOwn) {
  EXPECT_EQ(sh("ls /dev"),
            "fd\nfull\nmqueue\nnull\nptmx\npts\nrandom\nshm\nstderr\nstdin\nstdout\ntty\nurandom\nzero\n");
  EXPECT_EQ(sh("head -c 3 /dev/zero | wc -c; echo x >/dev/null; cat /dev/null; readlink /dev/ptmx"),
            "3\npts/ptmx\n");
  EXPECT_EQ(
      sh("for f in /proc/kcore /proc/keys /proc/timer_list; do [ ! -e $f ] || [ -c $f ] || echo $f; done"),
      "");
  EXPECT_NE(sh("echo x > /proc/sys/kernel/core_pattern; echo $?"), "0\n");
}

TEST_P(ContainerTest, InheritsNoDescriptor) {
  const int extra = ::fcntl(2, F_DUPFD, 3);
  EXPECT_EQ(sh("ls /proc/self/fd"), "0\n1\n2\n3\n");  // 3: that of ls itself
  ::close(extra);
}

TEST_P(ContainerTest, LeavesNoTraceInTheUpperDirectory) {
  EXPECT_EQ(run({"true"}), 0);
  EXPECT_TRUE(fs::is_empty(base_ / "upper"));
  EXPECT_EQ(sh("cat /etc/hostname; grep -c localhost /etc/hosts"), "box\n2\n");
}

TEST_P(ContainerTest, BecomesTheUser) {
  spec_.user = "ann";
  if (spec_.map.kind == userns::MapKind::single) {
    EXPECT_EQ(error_of({"true"}, Exit::engine), "become user 'ann': Invalid argument");
    return;
  }
  EXPECT_EQ(
      sh("id -u; id -g; id -G; echo $HOME; grep -E '^Cap(Prm|Eff|Amb)' /proc/self/status"),
      "1000\n100\n100 "
      "50\n/home/ann\nCapPrm:\t0000000000000000\nCapEff:\t0000000000000000\nCapAmb:\t0000000000000000\n");
  spec_.user = "5:6";
  EXPECT_EQ(sh("id -u; id -g; id -G; echo $HOME"), "5\n6\n6\n/\n");
  spec_.user = "bob";
  EXPECT_EQ(error_of({"true"}, Exit::engine), "no user 'bob' in the image's /etc/passwd");
}

TEST_P(ContainerTest, MakesTheWorkingDirectory) {
  spec_.working_directory = "/a/b/c";
  EXPECT_EQ(sh("pwd"), "/a/b/c\n");
  for (const char* bad : {"/proc/self/fd/7", "/proc/self/cwd", "/proc/1/root", "/proc/self/fd"}) {
    spec_.working_directory = bad;
    EXPECT_NE(error_of({"true"}, Exit::engine), "") << bad;
  }
  fs::create_symlink("/proc/self/cwd/..", base_ / "image/link");
  spec_.working_directory = "/link";
  EXPECT_NE(error_of({"true"}, Exit::engine), "");
}

TEST_P(ContainerTest, BindsVolumes) {
  fs::create_directories(base_ / "host/sub");
  std::ofstream(base_ / "host/file") << "hello";
  spec_.volumes = {{base_ / "host", "/data", ReadOnly::all},
                   {base_ / "host/sub", "/data/sub"},
                   {base_ / "host/file", "/x/file"}};
  EXPECT_EQ(sh("cat /data/file /x/file; touch /data/new 2>/dev/null || echo read-only; touch /data/sub/new "
               "&& echo written"),
            "hellohelloread-only\nwritten\n");
  EXPECT_TRUE(fs::exists(base_ / "host/sub/new"));
  EXPECT_EQ(sh("grep -E ' /(data|x)' /proc/self/mountinfo | grep -vc nosuid,nodev"), "0\n");
  spec_.volumes = {{base_ / "nothing", "/data", ReadOnly::all}};
  EXPECT_EQ(error_of({"true"}, Exit::engine).substr(0, 12), "open volume ");
  for (const char* bad : {"/", "/proc", "/proc/sys", "data", "/x/..", "/a/../proc"}) {
    spec_.volumes = {{base_ / "host", bad, ReadOnly::all}};
    EXPECT_NE(error_of({"true"}, Exit::engine), "") << bad;
  }
}

TEST_P(ContainerTest, CanBeReadOnly) {
  spec_.read_only = true;
  EXPECT_EQ(sh("touch /x 2>/dev/null || echo no; touch /dev/shm/x && echo yes"), "no\nyes\n");
}

TEST_P(ContainerTest, RefusesAnImageThatLinksItsSystemDirectories) {
  for (const char* name : {"proc", "dev", "sys"}) {
    fs::create_symlink("/etc", base_ / "image" / name);
    const std::string error = error_of({"true"}, Exit::engine);
    EXPECT_TRUE(error.starts_with(cat("mount '/", name, "': "))) << error;
    fs::remove(base_ / "image" / name);
  }
}

TEST_P(ContainerTest, KeepsLinksOfTheImageInside) {
  std::ofstream(base_ / "canary") << "untouched";
  fs::create_directories(base_ / "image/etc");
  fs::create_symlink(base_ / "canary", base_ / "image/etc/hosts");
  fs::create_symlink("../../../../../../../../" + (base_ / "canary").string(),
                     base_ / "image/etc/resolv.conf");
  EXPECT_EQ(sh("echo evil > /etc/hosts; echo evil >/etc/resolv.conf; echo done"), "done\n");
  std::ifstream canary(base_ / "canary");
  std::string text;
  canary >> text;
  EXPECT_EQ(text, "untouched");
}

TEST_P(ContainerTest, EndsBySignalsThatAFirstProcessWouldNotHear) {
  spec_.arguments = {"sleep", "60"};
  Container container = start(spec_);
  container.signal(SIGTERM);
  EXPECT_EQ(container.wait().code, 128 + SIGTERM);

  spec_.arguments = {"sh", "-c", "trap 'exit 9' TERM; echo ready >&2; while :; do sleep 0.05; done"};
  Container other = start(spec_);
  ::usleep(200000);
  other.signal(SIGTERM);
  EXPECT_EQ(other.wait().code, 9);
}

TEST_P(ContainerTest, IsKilledWhenNobodyWaitsForIt) {
  spec_.arguments = {"sleep", "60"};
  pid_t pid = 0;
  {
    const Container container = start(spec_);
    pid = container.pid();
    EXPECT_EQ(::kill(pid, 0), 0);
  }
  EXPECT_EQ(::kill(pid, 0), -1);
}

INSTANTIATE_TEST_SUITE_P(Maps, ContainerTest,
                         testing::Values(userns::Choice::single, userns::Choice::automatic),
                         [](const auto& param) {
                           return param.param == userns::Choice::single ? "single" : "automatic";
                         });
