#include "libcore/archive/entry_path.hpp"

#include "libcore/base/error.hpp"

#include <gtest/gtest.h>

namespace husk::archive {
namespace {

TEST(CleanPath, drops_what_says_nothing) {
  EXPECT_EQ(clean_path("a/b"), "a/b");
  EXPECT_EQ(clean_path("./a//b/./c/"), "a/b/c");
  EXPECT_EQ(clean_path("/etc/passwd"), "etc/passwd");
  EXPECT_EQ(clean_path("a/../b"), "b");
  for (const char* top : {"", ".", "/", "./", "/.", "//", "a/.."}) EXPECT_EQ(clean_path(top), "") << top;
  EXPECT_EQ(clean_path("..."), "...");
  EXPECT_EQ(clean_path("..a/b.."), "..a/b..");
}

TEST(CleanPath, refuses_what_leads_out) {
  for (const char* path :
       {"..", "../x", "/../x", "./../x", "a/../../x", "a/b/../../../x", "//..//x", "../../../../etc"})
    EXPECT_THROW(clean_path(path), Error) << path;
  EXPECT_THROW(clean_path(std::string(5000, 'x')), Error);
  EXPECT_THROW(clean_path(std::string("a\0b", 3)), Error);
}

TEST(Classify, knows_the_marks) {
  EXPECT_EQ(classify("a/b").kind, WhiteoutKind::none);
  EXPECT_EQ(classify("a/.whx").kind, WhiteoutKind::none);
  EXPECT_EQ(classify("a/x.wh.y").kind, WhiteoutKind::none);
  EXPECT_EQ(classify("a/.wh.b").kind, WhiteoutKind::removal);
  EXPECT_EQ(classify("a/.wh.b").name, "b");
  EXPECT_EQ(classify(".wh..hidden").name, ".hidden");
  EXPECT_EQ(classify(".wh....").name, "...");
  EXPECT_EQ(classify(".wh..wh..opq").kind, WhiteoutKind::opaque);
  EXPECT_EQ(classify("a/.wh..wh..opq").kind, WhiteoutKind::opaque);
  EXPECT_EQ(classify(".wh..wh.aufs").kind, WhiteoutKind::ignored);
  EXPECT_EQ(classify(".wh..wh.plnk/123.456").kind, WhiteoutKind::ignored);
}

TEST(Classify, refuses_marks_that_mark_nothing) {
  for (const char* path : {".wh.", "a/.wh.", ".wh..", ".wh...", ".wh..wh.", ".wh./x", ".wh.x/y",
                           "a/.wh.x/y/z", ".wh..wh..opq/x", ".wh../x"})
    EXPECT_THROW(classify(path), Error) << path;
}

}  // namespace
}  // namespace husk::archive
