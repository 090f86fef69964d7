#include "libcore/base/output_file.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/base/random.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cstdio>

namespace husk {
namespace {

Fd open_standard_output(const std::string& what) {
  if (::isatty(STDOUT_FILENO) == 1) {
    throw Error(cat("standard output is a terminal: send ", what, " into a file or a pipe"), Exit::usage);
  }
  Fd file(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3));
  if (!file) throw_errno("write to standard output");
  return file;
}

bool is_special(const std::filesystem::path& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode);
}

}  // namespace

OutputFile::OutputFile(const std::filesystem::path& path, const std::string& what) : path_(path) {
  if (path == "-") {
    file_ = open_standard_output(what);
    return;
  }
  int flags = O_WRONLY | O_CLOEXEC;
  if (!is_special(path)) {
    temporary_ = path.parent_path() / cat(".", path.filename().string(), "-", random_hex(8));
    flags |= O_CREAT | O_EXCL;
  }
  file_.reset(::open(temporary_.empty() ? path.c_str() : temporary_.c_str(), flags, 0666));
  if (file_) return;
  temporary_.clear();
  throw_errno("write ", quote(path));
}

OutputFile::~OutputFile() {
  if (!temporary_.empty()) (void)::unlink(temporary_.c_str());  // not committed: nobody misses it
}

void OutputFile::commit() {
  file_.close_written(path_ == "-" ? "standard output" : path_.string());
  if (temporary_.empty()) return;
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) throw_errno("write ", quote(path_));
  temporary_.clear();
}

void write_output_file(const std::filesystem::path& path, const std::string& text) {
  OutputFile file(path, "it");
  write_all(file.fd(), text, path.string());
  file.commit();
}

}  // namespace husk
