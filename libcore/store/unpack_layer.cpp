#include "libcore/archive/extract.hpp"
#include "libcore/base/at.hpp"
#include "libcore/base/directory_stream.hpp"
#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/base/sha256.hpp"
#include "libcore/base/sys.hpp"
#include "libcore/oci/json.hpp"
#include "libcore/store/layer_file.hpp"
#include "libcore/store/layer_unpacker.hpp"
#include "libcore/store/measure_tree.hpp"
#include "libcore/userns/run_in.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <charconv>

namespace husk::store {
namespace {

constexpr std::size_t max_notes = 8;

struct Job {
  std::vector<int> close_first;
  int tar;
  int tree;
  int directory;  // for owners.json
  userns::MapKind map;
  std::optional<oci::Digest> expected;
  std::optional<std::int64_t> newest;
};

// The pipes that this process may write to. The child must not hold them open: whoever reads at their other
// end, itself or another child like it, would wait for ever for the end of file.
std::vector<int> open_pipe_writers() {
  std::vector<int> writers;
  Fd directory(::open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory) throw_errno("list the open files");
  DirectoryStream stream(std::move(directory), "/proc/self/fd");
  while (const dirent* const entry = stream.next()) {
    const std::string_view name = entry->d_name;
    int fd = -1;
    struct stat status {};
    (void)std::from_chars(name.data(), name.data() + name.size(), fd);
    if (fd > STDERR_FILENO && ::fstat(fd, &status) == 0 && S_ISFIFO(status.st_mode) &&
        (::fcntl(fd, F_GETFL) & O_ACCMODE) != O_RDONLY) {
      writers.push_back(fd);
    }
  }
  return writers;
}

void write_owners(int directory, std::vector<archive::RecordedOwner>& owners) {
  std::ranges::sort(owners, {}, &archive::RecordedOwner::path);
  if (owners.empty()) return;
  Fd file = sys::create_at(directory, owners_name, O_CREAT | O_TRUNC | O_WRONLY, 0600);
  sys::write_all(file.get(), print_owners(owners), owners_name);
  file.close_written(owners_name);
}

// What the parent gets: the layer as in layer.json, and notes; "" is the mark between them.
std::string report(const LayerInfo& info, const std::vector<std::string>& notes) {
  std::string text = print_layer_info(info);
  for (std::size_t i = 0; i < std::min(notes.size(), max_notes); ++i) text += notes[i].substr(0, 1024) + "\n";
  if (notes.size() > max_notes) text += cat("and ", notes.size() - max_notes, " more such things\n");
  return text;
}

// Runs in a process of its own, as root of the user namespace of the map.
std::string unpack(const Job& job) {
  for (const int fd : job.close_first) (void)::close(fd);
  const archive::Source content = archive::decompress(archive::read_from(job.tar), max_layer_size);
  Sha256 hash;
  std::uint64_t tar_size = 0;
  const archive::Source hashed = [&](std::span<std::byte> buffer) {
    const std::size_t count = content(buffer);
    hash.update(buffer.first(count));
    tar_size += count;
    return count;
  };
  const bool single = job.map == userns::MapKind::single;
  archive::Extracted extracted = archive::extract(
      hashed, job.tree,
      {.owners = single ? archive::Owners::record : archive::Owners::apply, .newest = job.newest});
  std::array<std::byte, 4096> rest{};
  while (hashed(rest) > 0) {
  }
  write_owners(job.directory, extracted.owners);
  sys::reached("layer.unpacked");
  if (!job.expected) {
    LayerInfo info = measure_tree(job.tree, job.map, extracted.owners);
    return report(info, extracted.notes);
  }
  const oci::Digest found = oci::Digest::of_sha256(hash.finish());
  if (found != *job.expected) {
    throw Error(cat("its content has diff id ", found.str(), " instead of ", job.expected->str()));
  }
  return report({.diff_id = found,
                 .tar_size = tar_size,
                 .content_size = extracted.bytes,
                 .packed_here = false,
                 .owners = {},
                 .boot_id = {}},
                extracted.notes);
}

}  // namespace

struct LayerUnpacker::State {
  const Lease* lease;
  std::optional<oci::Digest> expected;
  std::optional<LayerInfo> present;  // nothing to do
  std::optional<PendingLayer> pending;
  Fd tree;
  Fd directory;
  std::optional<userns::Running> running;
};

LayerUnpacker::LayerUnpacker(const Lease& lease, const userns::IdMap& map, int tar_fd,
                             std::optional<oci::Digest> expected, std::optional<std::int64_t> newest)
    : state_(std::make_unique<State>()) {
  State& state = *state_;
  state.lease = &lease;
  state.expected = expected;
  if (expected) state.present = find_layer_info(lease.store(), map.kind, *expected);
  if (state.present) return;
  state.pending.emplace(lease, map);
  state.tree.reset(::open(state.pending->tree().c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!state.tree) throw_errno("open the tree of a layer");
  state.directory.reset(
      ::open(state.pending->tree().parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!state.directory) throw_errno("open the directory of a layer");
  const Job job{
      open_pipe_writers(), tar_fd, state.tree.get(), state.directory.get(), map.kind, expected, newest};
  state.running.emplace(userns::start_in(map, [job] { return unpack(job); }));
  sys::reached("layer.unpacking");
}

LayerUnpacker::LayerUnpacker(LayerUnpacker&&) noexcept = default;
LayerUnpacker::~LayerUnpacker() = default;

bool LayerUnpacker::wants_input() const noexcept { return !state_->present; }

LayerInfo LayerUnpacker::wait() {
  State& state = *state_;
  if (state.present) return *state.present;
  const auto describe = [&] {
    return state.expected ? "layer " + state.expected->str() : std::string("layer");
  };
  return in_context(describe, [&] {
    const std::string text = state.running->wait();
    const auto end = text.find('\n');
    LayerInfo info = parse_layer_info(text.substr(0, end));
    for (std::size_t begin = end + 1; begin < text.size();) {
      const auto next = text.find('\n', begin);
      state.lease->store().warn(text.substr(begin, next - begin));
      begin = next + 1;
    }
    (void)state.pending->commit(info);
    return info;
  });
}

LayerInfo unpack_layer(const Lease& lease, const userns::IdMap& map, int tar_fd,
                       std::optional<oci::Digest> expected, std::optional<std::int64_t> newest) {
  return LayerUnpacker(lease, map, tar_fd, std::move(expected), newest).wait();
}

}  // namespace husk::store
