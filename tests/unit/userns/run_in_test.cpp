#include "libcore/userns/run_in.hpp"

#include "libcore/base/error.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <csignal>
#include <fstream>
#include <sstream>

using namespace husk;
using namespace husk::userns;

namespace {
std::string slurp(const char* path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}
}  // namespace

TEST(RunIn, IsRootOfANamespaceOfItsOwn) {
  for (const Choice choice : {Choice::single, Choice::automatic}) {
    const std::string seen = run_in(choose_map(choice), [] { return cat(::getuid(), " ", ::getgid()); });
    EXPECT_EQ(seen, "0 0");
  }
}

TEST(RunIn, MapsWhatWasChosen) {
  const IdMap map = choose_map(Choice::automatic);
  const std::string seen = run_in(map, [] { return slurp("/proc/self/uid_map"); });
  EXPECT_EQ(static_cast<std::size_t>(std::count(seen.begin(), seen.end(), '\n')), map.uids.size());
  EXPECT_EQ(run_in(choose_map(Choice::single), [] { return slurp("/proc/self/setgroups"); }), "deny\n");
}

TEST(RunIn, ThrowsTheErrorAgain) {
  try {
    (void)run_in(choose_map(Choice::single), []() -> std::string {
      Error error("it broke", Exit::not_found);
      error.set_hint("mend it");
      throw error;
    });
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "it broke");
    EXPECT_EQ(error.hint(), "mend it");
    EXPECT_EQ(error.exit(), Exit::not_found);
  }
}

TEST(RunIn, SaysHowAProcessDied) {
  try {
    (void)run_in(choose_map(Choice::single), []() -> std::string {
      ::kill(::getpid(), SIGKILL);
      return "";
    });
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "a process in the user namespace ended with status 137");
  }
}

TEST(RunIn, DropsTheChildThatNobodyWaitsFor) {
  {
    const Running running = start_in(choose_map(Choice::single), []() -> std::string {
      ::pause();
      return "";
    });
  }
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
}

TEST(RunIn, LimitsTheResult) {
  EXPECT_THROW((void)run_in(choose_map(Choice::single), [] { return std::string(2 << 20, 'x'); }), Error);
}
