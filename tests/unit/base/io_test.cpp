#include "libcore/base/io.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/random.hpp"
#include "libcore/base/sha256.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <thread>

namespace {

TEST(ReadAll, RefusesMoreThanItsLimit) {
  const auto read_pipe = [](std::size_t limit) {
    husk::Pipe pipe = husk::make_pipe();
    husk::write_all(pipe.write_end.get(), "four", "pipe");
    pipe.write_end.reset();
    return husk::read_all(pipe.read_end.get(), limit, "config");
  };
  EXPECT_EQ(read_pipe(4), "four");
  try {
    read_pipe(3);
    FAIL() << "read too much";
  } catch (const husk::Error& error) {
    EXPECT_STREQ(error.what(), "'config' is larger than 3 bytes");
  }
}

TEST(WriteAll, GoesOnAfterAShortWrite) {
  husk::Pipe pipe = husk::make_pipe();
  const std::string text(1 << 20, 'x');  // more than a pipe holds
  std::thread writer([&] {
    husk::write_all(pipe.write_end.get(), text, "pipe");
    pipe.write_end.reset();
  });
  EXPECT_EQ(husk::read_all(pipe.read_end.get(), text.size(), "pipe"), text);
  writer.join();
}

TEST(WriteAll, ReportsAFullDisk) {
  const husk::Fd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  try {
    husk::write_all(full.get(), "x", "image");
    FAIL() << "written";
  } catch (const husk::SysError& error) {
    EXPECT_EQ(error.code(), ENOSPC);
    EXPECT_STREQ(error.what(), "write 'image': No space left on device");
  }
}

TEST(Sha256, IsTheOneOfFips180) {
  EXPECT_EQ(husk::sha256_hex(husk::as_bytes("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(husk::sha256_hex({}), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(RandomHex, HasTwoDigitsAByteAndNeverRepeats) {
  EXPECT_EQ(husk::random_hex(32).size(), 64U);
  EXPECT_NE(husk::random_hex(32), husk::random_hex(32));
}

}  // namespace
