#include "libcore/base/error.hpp"
#include "libcore/container/copy_halves.hpp"
#include "libcore/container/place.hpp"

namespace husk::container {
namespace {

std::string without_trailing_slash(std::string path) {
  while (path.ends_with('/')) path.pop_back();
  return path == "." ? std::string() : path;
}

}  // namespace

Destination choose_destination(int root, const std::string& path, const Announcement& announced) {
  const CopyPath wanted = parse_copy_path(path);
  const Place place = find_place(root, wanted.path, LastLink::follow);
  const std::string parent = without_trailing_slash(place.parent);
  if (place.is_directory()) {
    const std::string directory = place.name == "." ? parent
                                  : parent.empty()  ? place.name
                                                    : cat(parent, "/", place.name);
    return {directory, announced.contents ? std::string() : announced.base};
  }
  if (place.exists) {
    if (wanted.wants_directory) throw Error(cat(quote(path), " is not a directory"));
    if (announced.is_directory) throw Error(cat("can't copy a directory over the file ", quote(path)));
    if (!S_ISREG(place.status.st_mode)) throw Error(cat(quote(path), " is neither a file nor a directory"));
    return {parent, place.name};
  }
  if (wanted.wants_directory && !announced.is_directory)
    throw Error(cat("there is no directory ", quote(path)));
  return {parent, place.name};
}

}  // namespace husk::container
