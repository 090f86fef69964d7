#include "libcore/archive/notes.hpp"

#include <gtest/gtest.h>

namespace husk::archive {
namespace {

using Lines = std::vector<std::string>;

TEST(Notes, things_with_the_same_reason_are_one_line) {
  Notes notes;
  EXPECT_EQ(notes.lines(), Lines{});
  notes.add("'a'", "devices");
  EXPECT_EQ(notes.lines(), Lines{"'a' left out: devices"});
  notes.add("'b'", "devices");
  notes.add("'x'", "sockets");
  EXPECT_EQ(notes.lines(), (Lines{"'a' and 'b' left out: devices", "'x' left out: sockets"}));
  notes.add("'c'", "devices");
  EXPECT_EQ(notes.lines().front(), "'a', 'b' and 'c' left out: devices");
  notes.add("'d'", "devices");
  notes.add("'e'", "devices");
  EXPECT_EQ(notes.lines().front(), "'a', 'b', 'c' and 2 more left out: devices");
}

TEST(Notes, a_name_counts_once) {
  Notes notes;
  for (int i = 0; i < 1000; ++i) notes.add("xattr 'security.selinux'", "not for archives");
  EXPECT_EQ(notes.lines(), Lines{"xattr 'security.selinux' left out: not for archives"});
}

TEST(Notes, reasons_are_bounded) {
  Notes notes;
  for (int i = 0; i < 1000; ++i) notes.add("'a'", std::to_string(i));
  EXPECT_EQ(notes.lines().size(), 20U);
}

}  // namespace
}  // namespace husk::archive
