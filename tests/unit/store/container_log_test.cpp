#include "libcore/store/container_log.hpp"

#include "temporary_store.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <csignal>

using namespace husk;
using namespace husk::store;

namespace {

void print(LogWriter& log, std::string_view text) {
  log.write(Stream::output, std::as_bytes(std::span<const char>(text.data(), text.size())));
}

std::string all_of(LogReader& log) {
  std::string text;
  while (const auto entry = log.next()) text += entry->text;
  return text;
}

// As a full disk: a file can't grow beyond SIZE bytes.
void limit_files(rlim_t size) {
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &limit), 0);
  limit.rlim_cur = size;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
}

}  // namespace

TEST(ContainerLog, SaysWhatWasLostWhileTheDiskWasFull) {
  TemporaryStore temporary;
  const Container container = create_container(temporary.get(), ContainerConfig{.image = "image"});
  const auto before = std::signal(SIGXFSZ, SIG_IGN);
  {
    LogWriter log(container);
    print(log, "first\n");
    limit_files(200);
    print(log, "second\nthird\n");
    print(log, "fourth\n");
    limit_files(RLIM_INFINITY);
    print(log, "fifth\n");
    print(log, "no end");
  }
  (void)std::signal(SIGXFSZ, before);
  LogReader reader(container);
  EXPECT_EQ(all_of(reader),
            "first\nhusk: 3 lines are missing here: they could not be written\nfifth\nno end");
}
