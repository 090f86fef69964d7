#include "libcore/transfer/packer.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/base/sys.hpp"
#include "libcore/store/layers.hpp"

#include <fcntl.h>
#include <linux/sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <csignal>

namespace husk::transfer {
namespace {

constexpr int pipe_size = 1 << 20;
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
  (void)::fcntl(output.write_end.get(), F_SETPIPE_SZ, pipe_size);
  int pidfd = -1;
  clone_args how{};
  how.flags = CLONE_PIDFD;
  how.pidfd = reinterpret_cast<std::uintptr_t>(&pidfd);
  how.exit_signal = SIGCHLD;
  const auto pid = ::syscall(SYS_clone3, &how, sizeof how);
  if (pid < 0) throw_errno("start a process");
  if (pid == 0) {
    (void)::prctl(PR_SET_PDEATHSIG, SIGKILL);
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
  }
  errors.write_end.reset();
  child_.emplace(Fd(pidfd), "a process that packs a layer");
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
