#pragma once

#include "libcore/base/fd.hpp"

#include <filesystem>
#include <string>

namespace husk {

/// A file that a user asked for, or standard output for "-". A file appears under its name when commit() says
/// that it is whole, in the place of an older one; without commit() nothing was done. What is no regular file
/// (a pipe, /dev/null) is written to as it is.
class OutputFile {
 public:
  /// Throws Error with exit usage if standard output is a terminal: WHAT ("the tar") is not for people.
  OutputFile(const std::filesystem::path& path, const std::string& what);
  OutputFile(const OutputFile&) = delete;
  ~OutputFile();

  int fd() const noexcept { return file_.get(); }
  void commit();

 private:
  std::filesystem::path path_;
  std::filesystem::path temporary_;  // empty: written to directly
  Fd file_;
};

/// Writes a small file the same way.
void write_output_file(const std::filesystem::path& path, const std::string& text);

}  // namespace husk
