#include "libcore/store/copy_layer.hpp"

#include "libcore/archive/pack.hpp"
#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/store/measure_tree.hpp"
#include "libcore/store/open_tree.hpp"
#include "libcore/userns/run_in.hpp"

#include <cerrno>
#include <csignal>

namespace husk::store {
namespace {

constexpr std::size_t max_notes = 100;

// Runs as root of the user namespace of the map. Returns what there is to say, a line each.
std::string pack_tree(const std::filesystem::path& tree, const archive::PackOptions& options, int out) {
  (void)std::signal(SIGPIPE, SIG_IGN);
  std::string text;
  try {
    std::vector<std::string> notes = archive::pack(open_tree(tree).get(), archive::write_to(out), options);
    if (notes.size() > max_notes) notes.resize(max_notes);
    for (const std::string& note : notes) text += note + "\n";
  } catch (const SysError& error) {
    if (error.code() != EPIPE) throw;  // who reads has failed, and says why
  }
  return text;
}

}  // namespace

LayerInfo copy_layer(const Lease& lease, const userns::IdMap& map, const std::filesystem::path& tree,
                     const std::vector<archive::RecordedOwner>& owners) {
  Pipe pipe = make_pipe();
  widen_pipe(pipe.write_end.get());
  const archive::PackOptions options = layer_pack_options(map.kind, owners);
  userns::Running packing =
      userns::start_in(map, [&] { return pack_tree(tree, options, pipe.write_end.get()); });
  pipe.write_end.reset();
  std::optional<LayerInfo> layer;
  try {
    layer = unpack_layer(lease, map, pipe.read_end.get(), std::nullopt);
  } catch (const Error&) {
    pipe.read_end.reset();
    (void)packing.wait();  // what it failed for is why the tar has no end
    throw;
  }
  const std::string notes = packing.wait();
  for (std::size_t begin = 0; begin < notes.size();) {
    const auto end = notes.find('\n', begin);
    lease.store().warn(notes.substr(begin, end - begin));
    begin = end + 1;
  }
  return *layer;
}

}  // namespace husk::store
