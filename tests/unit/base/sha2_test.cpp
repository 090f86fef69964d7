#include "libcore/base/sha2.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>

namespace husk {
namespace {

// FIPS 180-4, examples: "abc".
TEST(Sha2, OfAFile) {
  std::FILE* const file = std::tmpfile();
  ASSERT_NE(file, nullptr);
  const int fd = ::fileno(file);
  ASSERT_EQ(::write(fd, "abc", 3), 3);
  EXPECT_EQ(hash_file(Sha2::sha256, fd, "abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(
      hash_file(Sha2::sha384, fd, "abc"),
      "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7");
  EXPECT_EQ(hash_file(Sha2::sha512, fd, "abc"),
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd"
            "454d4423643ce80e2a9ac94fa54ca49f");
  std::fclose(file);
}

}  // namespace
}  // namespace husk
