#include "libcore/build/checksum.hpp"

#include <gtest/gtest.h>

namespace husk::build {
namespace {

TEST(Checksum, OfThreeAlgorithms) {
  struct Case {
    std::string name;
    std::size_t digits;
    Sha2 algorithm;
  };
  for (const auto& [name, digits, algorithm] :
       {Case{"sha256", 64, Sha2::sha256}, Case{"sha384", 96, Sha2::sha384},
        Case{"sha512", 128, Sha2::sha512}}) {
    const std::string hex(digits, 'a');
    const auto checksum = Checksum::parse(name + ":" + hex);
    ASSERT_TRUE(checksum) << name;
    EXPECT_EQ(checksum->algorithm(), algorithm);
    EXPECT_EQ(checksum->str(), name + ":" + hex);
    EXPECT_EQ(checksum->hex(), hex);
    EXPECT_FALSE(Checksum::parse(name + ":" + hex + "a")) << name;
    EXPECT_FALSE(Checksum::parse(name + ":" + std::string(digits, 'A'))) << name;
    EXPECT_FALSE(Checksum::parse(name + ":" + std::string(digits - 2, 'a'))) << name;
  }
  for (const char* const text : {"", "sha256", "sha256:", ":", "md5:00000000000000000000000000000000"})
    EXPECT_FALSE(Checksum::parse(text)) << text;
}

}  // namespace
}  // namespace husk::build
