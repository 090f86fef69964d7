#include "libcore/base/end_request.hpp"

#include "libcore/base/error.hpp"

#include <gtest/gtest.h>

namespace husk {
namespace {

TEST(EndRequest, the_first_signal_asks_and_the_second_kills) {
  {
    const EndRequest request;
    EXPECT_NO_THROW(throw_if_asked_to_end());
    ::raise(SIGTERM);
    try {
      throw_if_asked_to_end();
      FAIL();
    } catch (const Error& error) {
      EXPECT_STREQ(error.what(), "interrupted");
      EXPECT_EQ(static_cast<int>(error.exit()), 128 + SIGTERM);
    }
    EXPECT_EXIT(::raise(SIGTERM), testing::KilledBySignal(SIGTERM), "");
  }
  EXPECT_NO_THROW(throw_if_asked_to_end());
}

TEST(EndRequest, a_signal_that_is_ignored_stays_so) {
  (void)std::signal(SIGHUP, SIG_IGN);
  {
    const EndRequest request;
    ::raise(SIGHUP);
    EXPECT_NO_THROW(throw_if_asked_to_end());
  }
  EXPECT_EQ(std::signal(SIGHUP, SIG_DFL), SIG_IGN);
}

}  // namespace
}  // namespace husk
