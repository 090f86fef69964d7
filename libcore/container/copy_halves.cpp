#include "libcore/container/copy_halves.hpp"

#include "libcore/archive/extract.hpp"
#include "libcore/archive/pack.hpp"
#include "libcore/base/at.hpp"
#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/container/lines.hpp"
#include "libcore/container/place.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <array>

namespace husk::container {
namespace {

constexpr std::size_t max_message = 4096;
constexpr std::uint64_t max_input = 1ULL << 42;

// Message by message: the socket is of type SOCK_SEQPACKET.
void say(int talk, const std::string& message) {
  if (::write(talk, message.data(), message.size()) != static_cast<ssize_t>(message.size())) {
    if (errno == EPIPE) throw Error(other_half_ended);
    throw_errno("speak to the other half of the copy");
  }
}

std::string hear(int talk) {
  std::array<std::byte, max_message> buffer;
  const std::size_t size = read_some(talk, buffer);
  if (size == 0) throw Error(other_half_ended);
  return std::string(as_text(std::span(buffer).first(size)));
}

archive::Sink send_to(int data) {
  return [data](std::span<const std::byte> bytes) {
    try {
      write_all(data, bytes, "pipe");
    } catch (const SysError& error) {
      if (error.code() == EPIPE) throw Error(other_half_ended);
      throw;
    }
  };
}

struct Source {
  Place place;
  Announcement announcement;
};

Source find_source(int root, const std::string& path, SourceLink link) {
  const CopyPath wanted = parse_copy_path(path);
  const bool follow = link == SourceLink::follow || wanted.wants_directory;
  Source source{find_place(root, wanted.path, follow ? LastLink::follow : LastLink::keep), {}};
  if (!source.place.exists) throw SysError(ENOENT, cat("copy ", quote(path)));
  const bool is_directory = source.place.is_directory();
  if (wanted.wants_directory && !is_directory) throw SysError(ENOTDIR, cat("copy ", quote(path)));
  source.announcement = {is_directory, wanted.contents, wanted.base()};
  return source;
}

std::string pack_source(const Source& source, const std::string& name, const archive::Sink& sink) {
  const archive::PackOptions options{.whiteouts = archive::Whiteouts::literal, .prefix = name};
  const int directory = source.place.directory.get();
  if (!source.announcement.contents)
    return join_lines(archive::pack_entry(directory, source.place.name, sink, options));
  const Fd inner(
      ::openat(directory, source.place.name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!inner) throw_errno("open directory ", quote(source.place.name));
  return join_lines(archive::pack(inner.get(), sink, options));
}

std::string print(const Announcement& announcement) {
  return cat(announcement.is_directory ? "d" : "f", announcement.contents ? "c" : "-", announcement.base);
}

// From a half that reads a container's files: of its answer only a name is taken.
Announcement parse_announcement(const std::string& text) {
  Announcement parsed;
  if (text.size() < 2) throw Error("the source of the copy was not understood");
  parsed.is_directory = text[0] == 'd';
  parsed.contents = text[1] == 'c';
  parsed.base = text.substr(2);
  const bool is_name = !parsed.base.empty() && parsed.base != "." && parsed.base != ".." &&
                       parsed.base.find('/') == std::string::npos;
  if (!is_name && !parsed.contents) throw Error("the source of the copy has no name");
  return parsed;
}

archive::ExtractOptions options_for(Side side, CopyOwners owners) {
  archive::ExtractOptions options;
  options.whiteouts = archive::Whiteouts::literal;
  options.conflicts = archive::Conflicts::refuse;
  if (side == Side::container) {
    options.owners = owners == CopyOwners::keep ? archive::Owners::apply : archive::Owners::fixed;
  } else {
    // Only root can give files away.
    const bool may_keep = owners == CopyOwners::keep && ::geteuid() == 0;
    options.owners = may_keep ? archive::Owners::apply : archive::Owners::record;
  }
  return options;
}

}  // namespace

std::string send(int root, const std::string& path, SourceLink link, const Channel& channel) {
  const Source source = find_source(root, path, link);
  say(channel.talk.get(), print(source.announcement));
  const std::string answer = hear(channel.talk.get());
  return pack_source(source, answer.substr(1), send_to(channel.data.get()));
}

std::string send_to_output(int root, const std::string& path, SourceLink link) {
  const Source source = find_source(root, path, link);
  const std::string name = source.announcement.contents ? std::string() : source.announcement.base;
  return pack_source(source, name, archive::write_to(STDOUT_FILENO));
}

std::string receive(int root, const std::string& path, Side side, CopyOwners owners, const Channel& channel) {
  const Announcement announced = parse_announcement(hear(channel.talk.get()));
  const Destination destination = choose_destination(root, path, announced);
  say(channel.talk.get(), cat(":", destination.name));

  archive::ExtractOptions options = options_for(side, owners);
  options.only = destination.name;
  if (side == Side::container) {
    // Links on the way mean what they mean in the container.
    options.directory = destination.directory;
    return join_lines(archive::extract(archive::read_from(channel.data.get()), root, options).notes);
  }
  // What a container made must not leave the directory that the user named, not even through links that are
  // there.
  const Fd directory =
      open_in_root(root, destination.directory.empty() ? "." : destination.directory, O_RDONLY | O_DIRECTORY);
  return join_lines(archive::extract(archive::read_from(channel.data.get()), directory.get(), options).notes);
}

std::string receive_input(int root, const std::string& path, CopyOwners owners) {
  const CopyPath wanted = parse_copy_path(path);
  const Place place = find_place(root, wanted.path, LastLink::follow);
  if (!place.is_directory()) throw Error(cat(quote(path), " is not a directory, which a tar needs"));
  archive::ExtractOptions options = options_for(Side::container, owners);
  options.directory = choose_destination(root, path, {true, true, {}}).directory;
  const archive::Source tar = archive::decompress(archive::read_from(STDIN_FILENO), max_input);
  return join_lines(archive::extract(tar, root, options).notes);
}

}  // namespace husk::container
