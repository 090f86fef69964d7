#include "libcore/store/containers.hpp"
#include "libcore/store/volumes.hpp"

namespace husk::store {

VolumeUsers find_volume_users(const Store& store) {
  VolumeUsers users;
  for (const Container& container : list_containers(store)) {
    for (const MountConfig& mount : container.config().mounts) {
      if (mount.kind == MountConfig::Kind::volume) users[mount.source].push_back(container.config().name);
    }
  }
  return users;
}

}  // namespace husk::store
