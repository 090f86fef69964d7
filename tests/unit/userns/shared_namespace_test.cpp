#include "libcore/userns/shared_namespace.hpp"

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <unistd.h>
#include <csignal>
#include <filesystem>

using namespace husk;
using namespace husk::userns;

namespace {
std::string namespace_named(const char* name) {
  return std::filesystem::read_symlink(cat("/proc/self/ns/", name)).native();
}
}  // namespace

TEST(SharedNamespace, IsJoinedByTheSecond) {
  const IdMap map = choose_map(Choice::automatic);
  SharedNamespace shared(map);
  const auto look = [] {
    return cat(::getuid(), " ", ::getgid(), " ", namespace_named("user"), " ", namespace_named("mnt"));
  };
  const std::string first = shared.run(look);
  const std::string second = shared.run(look);
  EXPECT_TRUE(second.starts_with("0 0 user:")) << second;
  EXPECT_EQ(first.substr(0, first.find("mnt:")), second.substr(0, second.find("mnt:")));
  EXPECT_EQ(second.find(namespace_named("mnt")), std::string::npos);
}

TEST(SharedNamespace, AdoptsOneAndKeepsIt) {
  const IdMap map = choose_map(Choice::single);
  Running other = start_in(map, [] { return namespace_named("user"); });
  SharedNamespace shared(map);
  shared.adopt(open_user_namespace(other.pid()));
  const std::string expected = other.wait();
  EXPECT_EQ(shared.run([] { return namespace_named("user"); }), expected);
  EXPECT_EQ(shared.run([] { return namespace_named("user"); }), expected);
}

TEST(SharedNamespace, WhoJoinedDiesWithItsParent) {
  const IdMap map = choose_map(Choice::single);
  SharedNamespace shared(map);
  (void)shared.run([] { return std::string(); });
  const std::string seen = shared.run([] {
    int signal = 0;
    (void)::prctl(PR_GET_PDEATHSIG, &signal);
    return cat(signal, " ", ::prctl(PR_GET_DUMPABLE));
  });
  EXPECT_EQ(seen, cat(SIGKILL, " 1"));
}
