#include "libcore/transfer/packer.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/base/sys.hpp"
#include "libcore/store/layers.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <csignal>

namespace husk::transfer {
namespace {

constexpr std::size_t max_message = 64 << 10;

/// Runs in the child, a copy of a process with one thread.
void pack(const store::Store& store, const oci::Digest& diff_id, archive::Compression compression, int out) {
  archive::Compressor compressor(compression, archive::write_to(out));
  store::write_layer_tar(store, diff_id, [&](std::span<const std::byte> bytes) { compressor.write(bytes); });
  compressor.finish();
  sys::reached("push.packed");
}

}  // namespace

Packer::Packer(const store::Store& store, const oci::Digest& diff_id, archive::Compression compression) {
  Pipe output = make_pipe();
  Pipe errors = make_pipe();
  widen_pipe(output.write_end.get());
  child_.emplace(fork_child("a process that packs a layer", [&] {
    (void)::signal(SIGPIPE, SIG_DFL);
    output.read_end.reset();
    errors.read_end.reset();
    try {
      pack(store, diff_id, compression, output.write_end.get());
    } catch (const std::exception& error) {
      (void)!::write(errors.write_end.get(), error.what(), std::string_view(error.what()).size());
      ::_exit(1);
    }
    ::_exit(0);
  }));
  errors.write_end.reset();
  output_ = std::move(output.read_end);
  errors_ = std::move(errors.read_end);
  if (::fcntl(output_.get(), F_SETFL, O_NONBLOCK) != 0) throw_errno("set up a pipe");
}

void Packer::wait() {
  if (child_) {
    const std::string message = read_all(errors_.get(), max_message, "errors");
    if (child_->wait().code != 0) {
      failure_ = message.empty() ? "the process that packs the layer was killed" : message;
    }
    child_.reset();
  }
  if (failure_) throw Error(*failure_);
}

}  // namespace husk::transfer
