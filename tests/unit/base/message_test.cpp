#include "libcore/base/message.hpp"

#include "libcore/base/io.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>

using namespace husk;

TEST(Message, FieldsAndErrors) {
  std::string text;
  add_field(text, "");
  add_field(text, "3:x");
  Error error("message", Exit::usage);
  error.set_hint("hint");
  add_error(text, error);
  std::string_view rest = text;
  EXPECT_EQ(take_field(rest), "");
  EXPECT_EQ(take_field(rest), "3:x");
  const Error got = take_error(rest);
  EXPECT_STREQ(got.what(), "message");
  EXPECT_EQ(got.hint(), "hint");
  EXPECT_EQ(got.exit(), Exit::usage);
  EXPECT_TRUE(rest.empty());
}

TEST(Message, WhatIsCutShortIsAnError) {
  for (const char* text : {"", "5", "5:abc", "x:abc", ":abc", "99999999999999999999:a"}) {
    std::string_view rest = text;
    EXPECT_THROW((void)take_field(rest), Error) << text;
  }
}

TEST(Message, PipesKeepThemApart) {
  Pipe pipe = make_pipe();
  ASSERT_EQ(::fcntl(pipe.read_end.get(), F_SETFL, O_NONBLOCK), 0);
  MessageReader reader;
  EXPECT_TRUE(reader.fill(pipe.read_end.get()));
  EXPECT_FALSE(reader.take());
  const std::string first = frame_message("first");
  write_all(pipe.write_end.get(), first.substr(0, 6), "pipe");
  EXPECT_TRUE(reader.fill(pipe.read_end.get()));
  EXPECT_FALSE(reader.take());
  write_all(pipe.write_end.get(), first.substr(6), "pipe");
  send_message(pipe.write_end.get(), "");
  pipe.write_end.reset();
  EXPECT_FALSE(reader.fill(pipe.read_end.get()));
  EXPECT_EQ(reader.take(), "first");
  EXPECT_EQ(reader.take(), "");
  EXPECT_FALSE(reader.take());
}

TEST(Message, ReceiveTakesExactlyOne) {
  Pipe pipe = make_pipe();
  send_message(pipe.write_end.get(), "one");
  send_message(pipe.write_end.get(), "two");
  pipe.write_end.reset();
  EXPECT_EQ(receive_message(pipe.read_end.get()), "one");
  EXPECT_EQ(receive_message(pipe.read_end.get()), "two");
  EXPECT_FALSE(receive_message(pipe.read_end.get()));
}
