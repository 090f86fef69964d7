#include "libcore/store/names.hpp"

#include "libcore/store/containers.hpp"
#include "libcore/store/images.hpp"
#include "libcore/store/volumes.hpp"

namespace husk::store {
namespace {

Store open_silently() {
  return Store::open([](const std::string&) {});
}

}  // namespace

std::vector<std::string> image_names() {
  std::vector<std::string> names;
  for (const Tag& tag : list_tags(open_silently())) {
    if (tag.reference) names.push_back(tag.reference->familiar());
  }
  return names;
}

std::vector<std::string> volume_names() {
  std::vector<std::string> names;
  for (Volume& volume : list_volumes(open_silently())) names.push_back(std::move(volume.name));
  return names;
}

std::vector<std::string> container_names(Running running) {
  std::vector<std::string> names;
  for (const Container& container : list_containers(open_silently())) {
    const bool runs = read_state(container).status == Status::running;
    if (running == Running::either || runs == (running == Running::yes))
      names.push_back(container.config().name);
  }
  return names;
}

}  // namespace husk::store
