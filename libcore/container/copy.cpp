#include "libcore/container/copy.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/container/copy_halves.hpp"
#include "libcore/container/half.hpp"
#include "libcore/container/lines.hpp"
#include "libcore/container/root.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <array>
#include <functional>
#include <optional>

namespace husk::container {
namespace {

using WithRoot = std::function<std::string(const std::function<std::string(int root)>& body)>;

// How a half gets at its end. The container is looked up here, so that a wrong name is found before anything
// starts.
WithRoot open_end(const store::Store& store, const CopyEnd& end, Access access) {
  if (!end.container.empty()) {
    const auto container = std::make_shared<store::Container>(store::find_container(store, end.container));
    return [&store, container, access](const std::function<std::string(int root)>& body) {
      return with_root(store, *container, access, body);
    };
  }
  return [](const std::function<std::string(int root)>& body) {
    const Fd root(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!root) throw_errno("open the root directory");
    return body(root.get());
  };
}

// Of this machine: relative to the working directory. What "/." and "/" at the end mean is kept.
std::string full_path(const CopyEnd& end) {
  if (!end.container.empty() || end.path.starts_with('/')) return end.path;
  return cat(std::filesystem::current_path().native(), "/", end.path);
}

Side side_of(const CopyEnd& end) { return end.container.empty() ? Side::host : Side::container; }

std::string name_of(const CopyEnd& end) {
  return cat("copy ", quote(end.container.empty() ? end.path : cat(end.container, ":", end.path)));
}

struct Channels {
  Channel sender;
  Channel receiver;
};

Channels make_channels() {
  std::array<int, 2> talk{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, talk.data()) != 0)
    throw_errno("create a socket pair");
  Channels channels;
  channels.sender.talk = Fd(talk[0]);
  channels.receiver.talk = Fd(talk[1]);
  Pipe pipe = make_pipe();
  widen_pipe(pipe.write_end.get());
  channels.sender.data = std::move(pipe.write_end);
  channels.receiver.data = std::move(pipe.read_end);
  return channels;
}

// The end of a half is seen by the other one only when nobody else has its descriptors.
void close(Channel& channel) {
  channel.talk.reset();
  channel.data.reset();
}

struct Outcome {
  std::string notes;
  std::optional<Error> error;
};

Outcome wait_for(Half& half, const CopyEnd& end) {
  try {
    return {half.wait(), std::nullopt};
  } catch (Error& error) {
    const bool is_consequence =
        std::string_view(error.what()).find(other_half_ended) != std::string_view::npos;
    if (!is_consequence) error.add_context(name_of(end));
    return {{}, error};
  }
}

bool is_cause(const Outcome& outcome) {
  return outcome.error &&
         std::string_view(outcome.error->what()).find(other_half_ended) == std::string_view::npos;
}

std::vector<std::string> copy_between(const store::Store& store, const CopyEnd& from, const CopyEnd& to,
                                      const CopyOptions& options) {
  const WithRoot source = open_end(store, from, Access::read);
  const WithRoot destination = open_end(store, to, Access::write);
  const std::string source_path = full_path(from);
  const std::string destination_path = full_path(to);
  Channels channels = make_channels();
  Half sender([&] {
    close(channels.receiver);
    return source([&](int root) { return send(root, source_path, options.source_link, channels.sender); });
  });
  close(channels.sender);
  Half receiver([&] {
    return destination([&](int root) {
      return receive(root, destination_path, side_of(to), options.owners, channels.receiver);
    });
  });
  close(channels.receiver);
  const Outcome received = wait_for(receiver, to);
  const Outcome sent = wait_for(sender, from);
  // A source that failed makes a stream that is cut off: what is said is the cause.
  if (is_cause(sent)) throw Error(*sent.error);
  if (received.error) throw Error(*received.error);
  if (sent.error) throw Error(*sent.error);
  return split_lines(sent.notes + received.notes);
}

}  // namespace

std::vector<std::string> copy(const store::Store& store, const CopyEnd& from, const CopyEnd& to,
                              const CopyOptions& options) {
  if (from.container.empty() && to.container.empty())
    throw Error("neither side is in a container: write CONTAINER:PATH for one of them", Exit::usage);
  const bool is_input = from.container.empty() && from.path == "-";
  const bool is_output = to.container.empty() && to.path == "-";
  if (!is_input && !is_output) return copy_between(store, from, to, options);

  const CopyEnd& end = is_input ? to : from;
  const WithRoot with = open_end(store, end, is_input ? Access::write : Access::read);
  Half half([&] {
    return with([&](int root) {
      return is_input ? receive_input(root, end.path, options.owners)
                      : send_to_output(root, end.path, options.source_link);
    });
  });
  const Outcome outcome = wait_for(half, end);
  if (outcome.error) throw Error(*outcome.error);
  return split_lines(outcome.notes);
}

}  // namespace husk::container
