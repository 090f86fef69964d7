#include "libcore/store/measure_tree.hpp"

#include "libcore/base/at.hpp"
#include "libcore/base/directory_stream.hpp"
#include "libcore/base/error.hpp"
#include "libcore/base/sha256.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <set>

namespace husk::store {
namespace {

class ContentSize {
 public:
  void add(Fd directory) {
    DirectoryStream stream(std::move(directory), "of the layer");
    while (const dirent* const entry = stream.next()) add_entry(stream.fd(), entry->d_name);
  }

  std::uint64_t bytes() const { return bytes_; }

 private:
  void add_entry(int directory, const std::string& name) {
    struct stat status {};
    if (::fstatat(directory, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
      if (errno == ENOENT) return;  // a running container has just removed it
      throw_errno("look at ", quote(name));
    }
    if (S_ISDIR(status.st_mode)) {
      add(open_beneath(directory, name, O_RDONLY | O_DIRECTORY));
    } else if (S_ISREG(status.st_mode) &&
               (status.st_nlink == 1 || seen_.insert({status.st_dev, status.st_ino}).second)) {
      bytes_ += static_cast<std::uint64_t>(status.st_size);
    }
  }

  std::uint64_t bytes_ = 0;
  std::set<std::pair<dev_t, ino_t>> seen_;
};

}  // namespace

archive::PackOptions layer_pack_options(userns::MapKind map,
                                        const std::vector<archive::RecordedOwner>& owners) {
  return {.whiteouts = archive::Whiteouts::overlay,
          .owners = owners,
          .root_owns_all = map == userns::MapKind::single,
          .prefix = {}};
}

std::uint64_t content_size(int tree) {
  ContentSize content;
  content.add(open_beneath(tree, ".", O_RDONLY | O_DIRECTORY));
  return content.bytes();
}

LayerInfo measure_tree(int tree, userns::MapKind map, const std::vector<archive::RecordedOwner>& owners) {
  Sha256 hash;
  std::uint64_t tar_size = 0;
  const archive::Sink sink = [&](std::span<const std::byte> bytes) {
    hash.update(bytes);
    tar_size += bytes.size();
  };
  (void)archive::pack(tree, sink,
                      layer_pack_options(map, owners));  // sockets: gone with their process anyway
  return {
      .diff_id = oci::Digest::of_sha256(hash.finish()),
      .tar_size = tar_size,
      .content_size = content_size(tree),
      .packed_here = true,
      .owners = {},
      .boot_id = {},
  };
}

}  // namespace husk::store
