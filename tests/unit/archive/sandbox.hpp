#pragma once

#include "libcore/archive/extract.hpp"
#include "libcore/base/error.hpp"
#include "libcore/base/fd.hpp"
#include "libcore/base/io.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace husk::archive {

inline Source from_text(std::string text, std::size_t piece = 100'000) {
  return [text = std::move(text), piece, at = std::size_t{0}](std::span<std::byte> buffer) mutable {
    const std::size_t count = std::min({buffer.size(), piece, text.size() - at});
    std::memcpy(buffer.data(), text.data() + at, count);
    at += count;
    return count;
  };
}

inline Sink to_text(std::string& text) {
  return [&text](std::span<const std::byte> bytes) { text += as_text(bytes); };
}

/// A directory to unpack into, "tree", and beside it canaries that nothing may touch.
class Sandbox : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "husk-archive.XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    top_ = name;
    make_tree();
    std::filesystem::create_directories(top_ / "canary/dir");
    std::ofstream(top_ / "canary/file") << "secret";
    std::ofstream(top_ / "canary/dir/inner") << "inner secret";
    std::filesystem::permissions(top_ / "canary/file", std::filesystem::perms(0640));
    set_time_of_top();
    before_ = look(top_ / "canary") + look_one(top_);
  }

  void TearDown() override {
    EXPECT_EQ(look(top_ / "canary") + look_one(top_), before_) << "something outside the tree was changed";
    remove(top_);
  }

  /// Directories without write permission, too.
  static void remove(const std::filesystem::path& path) {
    std::error_code failed;
    std::filesystem::remove_all(path, failed);
    if (!failed) return;
    (void)!std::system(("chmod -R u+rwX '" + path.string() + "'; rm -rf '" + path.string() + "'").c_str());
  }

  void make_tree() {
    if (root_) remove(top_ / "tree");
    root_.reset();
    std::filesystem::create_directory(top_ / "tree");
    root_ = Fd(::open((top_ / "tree").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    set_time_of_top();
  }

  void set_time_of_top() {
    const timespec times[2] = {{1, 0}, {1, 0}};
    (void)::utimensat(AT_FDCWD, top_.c_str(), times, 0);
  }

  Extracted unpack(const std::string& tar, ExtractOptions options = {}) {
    if (::geteuid() != 0 && options.owners == Owners::apply) options.owners = Owners::record;
    return extract(from_text(tar), root_.get(), options);
  }

  /// The message of the Error, "" if there was none.
  std::string refusal(const std::string& tar, ExtractOptions options = {}) {
    try {
      (void)unpack(tar, options);
    } catch (const Error& error) {
      return error.what();
    }
    return {};
  }

  std::string content(const std::string& path) const {
    std::ifstream file(top_ / "tree" / path);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
  }

  struct stat status(const std::string& path) const {
    struct stat found {};
    EXPECT_EQ(::lstat((top_ / "tree" / path).c_str(), &found), 0) << path;
    return found;
  }

  bool exists(const std::string& path) const {
    struct stat found {};
    return ::lstat((top_ / "tree" / path).c_str(), &found) == 0;
  }

  /// Names, content, mode, owner, links and times of all that is below PATH.
  static std::string look(const std::filesystem::path& path) {
    std::string text = look_one(path);
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) {
      text += look_one(entry.path());
      if (entry.is_regular_file())
        text += std::string(std::istreambuf_iterator<char>(std::ifstream(entry.path()).rdbuf()), {});
    }
    return text;
  }

  static std::string look_one(const std::filesystem::path& path) {
    struct stat found {};
    if (::lstat(path.c_str(), &found) != 0) return "gone";
    return cat(path.native(), " ", found.st_mode, " ", found.st_uid, " ", found.st_nlink, " ", found.st_size,
               " ", found.st_mtim.tv_sec, ".", found.st_mtim.tv_nsec, "\n");
  }

  std::filesystem::path top_;
  Fd root_;

 private:
  std::string before_;
};

}  // namespace husk::archive
