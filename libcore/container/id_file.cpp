#include "libcore/container/id_file.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace husk::container {

IdFile::IdFile(std::string path)
    : path_(std::move(path)), file_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666)) {
  if (file_) return;
  if (errno != EEXIST) throw_errno("create ", quote(path_));
  Error error(cat("the file for the container's id, ", quote(path_), ", is there already"), Exit::engine);
  error.set_hint("is it that of a container that runs? else remove it");
  throw error;
}

IdFile::~IdFile() {
  if (file_) (void)::unlink(path_.c_str());
}

void IdFile::write(const std::string& id) {
  write_all(file_.get(), id, path_);
  file_.close_written(path_);
}

}  // namespace husk::container
