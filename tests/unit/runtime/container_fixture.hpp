#pragma once

#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/runtime/container.hpp"
#include "libcore/userns/run_in.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include <filesystem>
#include <fstream>

namespace husk::runtime {

namespace fs = std::filesystem;

/// A container with busybox as its only layer; what it writes is returned.
class ContainerTest : public testing::TestWithParam<userns::Choice> {
 protected:
  ContainerTest() {
    std::string name = "/tmp/husk-container-XXXXXX";
    base_ = ::mkdtemp(name.data());
    for (const char* directory : {"image/bin", "image/etc", "image/tmp", "upper", "work"}) {
      fs::create_directories(base_ / directory);
    }
    fs::copy("/usr/bin/busybox", base_ / "image/bin/busybox");
    for (const char* applet :
         {"sh",  "cat",   "true",     "id",    "ls",     "sleep", "kill",  "grep", "readlink", "env", "stat",
          "pwd", "mount", "hostname", "umask", "ulimit", "touch", "mkdir", "head", "wc",       "echo"}) {
      fs::create_symlink("busybox", base_ / "image/bin" / applet);
    }
    write("etc/passwd", "root:x:0:0:root:/root:/bin/sh\nann:x:1000:100:Ann:/home/ann:/bin/sh\n");
    write("etc/group", "root:x:0:root\nusers:x:100:\nstaff:x:50:ann\n");
    spec_.map = userns::choose_map(GetParam());
    spec_.rootfs = {{base_ / "image"}, base_ / "upper", base_ / "work"};
    spec_.host_name = "box";
    spec_.network = Network::none;
    spec_.standard_input = false;
  }
  ~ContainerTest() override {
    const auto clean = [this] {
      std::error_code ignored;
      fs::remove_all(base_, ignored);
      return std::string();
    };
    (void)userns::run_in(spec_.map, clean);
    fs::remove_all(base_);
  }

  void write(const std::string& path, const std::string& text) {
    std::ofstream(base_ / "image" / path) << text;
  }

  int run(std::vector<std::string> arguments) {
    spec_.arguments = std::move(arguments);
    Pipe pipe = make_pipe();
    const Fd saved(::fcntl(1, F_DUPFD_CLOEXEC, 3));
    ::dup2(pipe.write_end.get(), 1);
    pipe.write_end.reset();
    struct Restore {
      int from;
      ~Restore() { ::dup2(from, 1); }
    };
    int code = 0;
    {
      const Restore restore{saved.get()};
      code = start(spec_).wait().code;
    }
    output_ = read_all(pipe.read_end.get(), 1 << 20, "output");
    return code;
  }
  std::string sh(const std::string& script) {
    code_ = run({"sh", "-c", script});
    return output_;
  }
  std::string error_of(std::vector<std::string> arguments, Exit exit) {
    try {
      (void)run(std::move(arguments));
    } catch (const Error& error) {
      EXPECT_EQ(error.exit(), exit);
      return error.what();
    }
    return "";
  }

  fs::path base_;
  Spec spec_;
  std::string output_;
  int code_ = 0;
};

}  // namespace husk::runtime
