#include "libcore/base/run_program.hpp"

#include "libcore/base/error.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include <cstdlib>

using husk::run_program;

TEST(RunProgram, GivesInputAndTakesBothStreams) {
  const auto result = run_program({"sh", {"-c", "cat; echo bad >&2; exit 3"}, "hello"});
  EXPECT_EQ(result.status.code, 3);
  EXPECT_EQ(result.output, "hello");
  EXPECT_EQ(result.errors, "bad\n");
}

TEST(RunProgram, ReportsASignalAsAShellDoes) {
  EXPECT_EQ(run_program({"sh", {"-c", "kill -9 $$"}}).status.code, 137);
}

TEST(RunProgram, KeepsOnlyTheFirst64KiB) {
  const auto result = run_program({"sh", {"-c", "head -c 1000000 /dev/zero"}});
  EXPECT_EQ(result.status.code, 0);
  EXPECT_EQ(result.output.size(), 65536U);
}

TEST(RunProgram, InheritsNoDescriptor) {
  const int extra = ::fcntl(1, F_DUPFD, 3);  // not O_CLOEXEC, as one that the caller's shell left open
  const auto result = run_program({"sh", {"-c", "exec ls /proc/self/fd"}});
  ::close(extra);
  EXPECT_EQ(result.output, "0\n1\n2\n3\n");
}

TEST(RunProgram, NamesTheProgramAndItsPackage) {
  try {
    (void)run_program({"/nonexistent/newuidmap", {}});
    FAIL();
  } catch (const husk::Error& error) {
    EXPECT_STREQ(error.what(), "run '/nonexistent/newuidmap': No such file or directory");
  }
  const char* const path = ::getenv("PATH");
  const std::string saved = path == nullptr ? "" : path;
  ::setenv("PATH", "/nonexistent", 1);
  try {
    (void)run_program({"newuidmap", {}});
    ADD_FAILURE();
  } catch (const husk::Error& error) {
    EXPECT_STREQ(error.what(), "run 'newuidmap': no such program in PATH");
    EXPECT_EQ(error.hint(), "install the package 'uidmap'");
  }
  ::setenv("PATH", saved.c_str(), 1);
}

TEST(RunProgram, RunsTwoSideBySide) {
  // Each waits for the other one's file: in turn they would never end.
  const std::string script =
      "d=/tmp/run-program-$PPID; mkdir -p $d; : >$d/$0; "
      "i=0; while [ ! -e $d/$1 ] && [ $i -lt 100 ]; do sleep 0.05; i=$((i+1)); done; test $i -lt 100";
  const auto [one, two] =
      husk::run_programs({"sh", {"-c", script, "a", "b"}}, {"sh", {"-c", script, "b", "a"}});
  (void)run_program({"sh", {"-c", "rm -r /tmp/run-program-$PPID"}});
  EXPECT_EQ(one.status.code, 0);
  EXPECT_EQ(two.status.code, 0);
}

TEST(RunProgram, HasTheEnvironmentThatItIsGiven) {
  const auto result =
      run_program({.name = "env", .arguments = {}, .environment = {{"ONE=1", "TWO=two words"}}});
  EXPECT_EQ(result.output, "ONE=1\nTWO=two words\n");
  EXPECT_EQ(run_program({.name = "env", .arguments = {}, .environment = {std::vector<std::string>{}}}).output,
            "");
}
