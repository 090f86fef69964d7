#include "libcore/build/run_options.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/build/agent_relay.hpp"
#include "tests/unit/build/scratch.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <array>
#include <cstdlib>
#include <functional>
#include <thread>

using namespace husk;
using namespace husk::build;

namespace {

bool is_usage_error(const std::function<void()>& body) try {
  body();
  return false;
} catch (const Error& error) {
  return error.exit() == Exit::usage;
}

std::string value_of(const SecretSource& source) { return read_secret(open_secret(source), source.id); }

}  // namespace

TEST(ParseSecret, FindsFilesVariablesAndPipes) {
  const Scratch scratch;
  scratch.write("file", "of a file");
  ::setenv("HUSK_TEST_SECRET", "of a variable", 1);
  const std::string file = scratch.path() / "file";
  EXPECT_EQ(value_of(parse_secret("id=x,src=" + file)), "of a file");
  EXPECT_EQ(value_of(parse_secret("type=file,source=" + file + ",id=x")), "of a file");
  EXPECT_EQ(value_of(parse_secret("id=x,env=HUSK_TEST_SECRET")), "of a variable");
  EXPECT_EQ(value_of(parse_secret("id=x,type=env,src=HUSK_TEST_SECRET")), "of a variable");
  EXPECT_EQ(value_of(parse_secret("id=HUSK_TEST_SECRET")), "of a variable");
  EXPECT_EQ(value_of(parse_secret("id=" + file)), "of a file");
  Pipe pipe = make_pipe();
  write_all(pipe.write_end.get(), "of a pipe", "pipe");
  pipe.write_end.reset();
  const SecretSource piped = parse_secret(cat("id=x,src=/dev/fd/", pipe.read_end.get()));
  pipe.read_end.reset();
  EXPECT_EQ(value_of(piped), "of a pipe");
  EXPECT_EQ(value_of(piped), "of a pipe");  // for a second step
}

TEST(ParseSecret, RefusesWhatIsWrongBeforeAnythingIsBuilt) {
  const Scratch scratch;
  scratch.write("big", std::string(max_secret_size + 1, 'x'));
  for (const std::string& bad : std::vector<std::string>{
           "", "x", "id=", "src=/etc/passwd", "id=x,src=/nowhere", "id=x,src=/", "id=x,type=x",
           "id=x,env=HUSK_TEST_NOT_SET", "id=x,foo=y", "id=x,src=" + (scratch.path() / "big").string()}) {
    EXPECT_TRUE(is_usage_error([&] { (void)parse_secret(bad); })) << bad;
  }
}

TEST(ParseSecret, AVariableCantHoldEverything) {
  const Scratch scratch;
  scratch.write("zero", std::string("a\0b", 3));
  const SecretSource source{.id = "x", .file = scratch.path() / "zero"};
  EXPECT_THROW((void)value_of(source), Error);
}

TEST(ParseHostEntry, TakesNamesAndAddresses) {
  const auto print = [](std::string_view text) {
    const runtime::HostEntry entry = parse_host_entry(text);
    return cat(entry.name, " ", entry.address);
  };
  EXPECT_EQ(print("db:10.0.0.9"), "db 10.0.0.9");
  EXPECT_EQ(print("db=10.0.0.9"), "db 10.0.0.9");
  EXPECT_EQ(print("db:::1"), "db ::1");
  EXPECT_EQ(print("db=[::1]"), "db ::1");
  for (const char* bad :
       {"", "db", "db:", ":1.2.3.4", "db:1.2.3", "db:host-gateway", "a b:1.2.3.4", "a\nb:1.2.3.4"})
    EXPECT_TRUE(is_usage_error([&] { (void)parse_host_entry(bad); })) << bad;
}

TEST(AddPermission, KnowsWhatThereIs) {
  Permissions permissions;
  for (const char* good : {"network.host", "device", "device=/dev/fuse"}) add_permission(permissions, good);
  EXPECT_TRUE(permissions.host_network && permissions.all_devices && permissions.devices.size() == 1);
  for (const char* bad : {"", "security.insecure", "device=", "device=/etc/x", "devices", "network"})
    EXPECT_TRUE(is_usage_error([&] { add_permission(permissions, bad); })) << bad;
}

TEST(ParseShmSize, IsASize) {
  EXPECT_EQ(parse_shm_size("1m"), 1U << 20);
  for (const char* bad : {"", "0", "x", "-1"})
    EXPECT_TRUE(is_usage_error([&] { (void)parse_shm_size(bad); })) << bad;
}

TEST(ParseAgent, TellsSocketsFromKeys) {
  const Scratch scratch;
  scratch.write("key", "k");
  const Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const std::string path = scratch.path() / "agent";
  const UnixAddress address(path);
  ASSERT_EQ(::bind(socket.get(), address.get(), address.size()), 0);
  const std::string key = scratch.path() / "key";
  EXPECT_TRUE(parse_agent("x=" + path).is_socket);
  EXPECT_FALSE(parse_agent("x=" + key).is_socket);
  EXPECT_EQ(parse_agent("x=" + key + "," + key).paths.size(), 2U);
  ::setenv("SSH_AUTH_SOCK", path.c_str(), 1);
  EXPECT_EQ(parse_agent("default").paths.front(), path);
  ::unsetenv("SSH_AUTH_SOCK");
  for (const std::string& bad :
       std::vector<std::string>{"", "default", "x=", "=x", "x=/nowhere", "x=" + path + "," + key})
    EXPECT_TRUE(is_usage_error([&] { (void)parse_agent(bad); })) << bad;
}

// A step may list keys and sign; it may not touch the agent's keys, nor make the relay read without end.
TEST(AgentRelay, LetsThroughWhatIsHarmless) {
  for (int message = 0; message < 256; ++message) {
    EXPECT_EQ(may_ask_agent(static_cast<unsigned char>(message)),
              message == 11 || message == 13 || message == 27)
        << message;
  }
  std::array<int, 2> client{}, agent{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, client.data()), 0);
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, agent.data()), 0);
  std::thread relay([&] {
    relay_connection(client[1], agent[1]);
    ::close(client[1]);
  });
  const std::string list("\0\0\0\1\13", 5), remove_all("\0\0\0\1\23", 5), answer("\0\0\0\2\14x", 6);
  std::array<std::byte, 6> got{};
  write_all(client[0], list, "request");
  ASSERT_EQ(read_full(agent[0], std::span(got).first(5)), 5U);
  EXPECT_EQ(as_text(std::span(got).first(5)), list);
  write_all(agent[0], answer, "answer");
  ASSERT_EQ(read_full(client[0], got), 6U);
  EXPECT_EQ(as_text(got), answer);
  write_all(client[0], remove_all, "request");
  ASSERT_EQ(read_full(client[0], std::span(got).first(5)), 5U);
  EXPECT_EQ(as_text(std::span(got).first(5)), std::string("\0\0\0\1\5", 5));
  write_all(client[0], std::string("\377\377\377\377", 4), "a request of 4 GiB");
  EXPECT_EQ(read_full(client[0], got), 0U);
  relay.join();
  for (const int fd : {client[0], agent[0], agent[1]}) ::close(fd);
}
