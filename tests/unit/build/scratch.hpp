#pragma once

#include "libcore/base/fd.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

/// A directory for one test.
class Scratch {
 public:
  Scratch() {
    std::string name = std::filesystem::temp_directory_path() / "husk-test-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
    path_ = name;
  }
  Scratch(const Scratch&) = delete;
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const std::filesystem::path& path() const { return path_; }
  husk::Fd open() const { return husk::Fd(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)); }

  void directory(const std::string& name) const { std::filesystem::create_directories(path_ / name); }
  void write(const std::string& name, const std::string& content) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name) << content;
    chmod(name, 0644);
  }
  void link(const std::string& target, const std::string& name) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::filesystem::create_symlink(target, path_ / name);
  }
  void remove(const std::string& name) const { std::filesystem::remove(path_ / name); }
  void chmod(const std::string& name, mode_t mode) const { (void)::chmod((path_ / name).c_str(), mode); }
  void touch(const std::string& name, time_t seconds) const {
    const struct timespec times[2] = {{seconds, 0}, {seconds, 0}};
    (void)::utimensat(AT_FDCWD, (path_ / name).c_str(), times, 0);
  }
  bool exists(const std::string& name) const { return std::filesystem::exists(path_ / name); }

  /// Everything below a directory, sorted.
  std::vector<std::string> list(const std::string& name) const {
    std::vector<std::string> out;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path_ / name)) {
      out.push_back(entry.path().lexically_relative(path_ / name).string());
    }
    std::sort(out.begin(), out.end());
    return out;
  }

 private:
  std::filesystem::path path_;
};
