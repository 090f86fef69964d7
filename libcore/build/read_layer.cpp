#include "libcore/build/read_layer.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/build/background.hpp"
#include "libcore/store/layers.hpp"
#include "libcore/transfer/signal.hpp"

namespace husk::build {

void through_pipe(const std::function<void(int out)>& write, const std::function<void(int in)>& read) {
  const transfer::IgnorePipeSignal ignore;
  Pipe pipe = make_pipe();
  Background writing([&]() -> std::string {
    pipe.read_end.reset();
    write(pipe.write_end.get());
    return "";
  });
  pipe.write_end.reset();
  std::optional<Error> unread;
  try {
    read(pipe.read_end.get());
  } catch (const Error& error) {
    unread = error;
  }
  pipe.read_end.reset();
  (void)writing.wait();
  if (unread) throw Error(*unread);
}

void read_layer(const Session& session, const oci::Digest& diff_id,
                const std::function<void(int tar)>& read) {
  through_pipe(
      [&](int out) { store::write_layer_tar(session.store(), diff_id, archive::write_to(out)); }, read);
}

}  // namespace husk::build
