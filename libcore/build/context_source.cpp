#include "libcore/build/context_source.hpp"

#include "libcore/archive/extract.hpp"
#include "libcore/archive/stream.hpp"
#include "libcore/base/at.hpp"
#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/base/sys.hpp"
#include "libcore/build/git_source.hpp"
#include "libcore/build/materials.hpp"
#include "libcore/build/source_tree.hpp"
#include "libcore/build/unpack.hpp"
#include "libcore/build/web_source.hpp"
#include "libcore/dockerfile/limits.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <memory>

namespace husk::build {
namespace {

constexpr std::uint64_t max_context = 1ULL << 40;

// Gives FIRST, and then what SOURCE gives.
archive::Source after(std::string first, archive::Source source) {
  const auto rest = std::make_shared<std::string>(std::move(first));
  return [rest, source = std::move(source)](std::span<std::byte> buffer) {
    if (rest->empty()) {
      check_interrupted();
      return source(buffer);
    }
    const std::size_t count = std::min(rest->size(), buffer.size());
    std::copy_n(as_bytes(*rest).begin(), count, buffer.begin());
    rest->erase(0, count);
    return count;
  };
}

std::string take(const archive::Source& source, std::size_t size) {
  std::string text(size, '\0');
  std::size_t filled = 0;
  while (filled < size) {
    const std::size_t count = source(std::as_writable_bytes(std::span<char>(text)).subspan(filled));
    if (count == 0) break;
    filled += count;
  }
  text.resize(filled);
  return text;
}

std::string read_dockerfile_from(const archive::Source& content, const std::string& what) {
  std::string text = take(content, dockerfile::max_file_size + 1);
  if (text.size() > dockerfile::max_file_size)
    throw Error(cat(what, " is no tar archive, and as a Dockerfile too large"));
  if (text.find('\0') != std::string::npos)
    throw Error(cat(what, " is neither a tar archive nor a Dockerfile"));
  return text;
}

BroughtContext check_out_context(const Session& session, const GitReference& reference) {
  const TemporaryDirectory directory = make_temporary_directory(session.lease);
  const auto keep = session.options.arguments.find("BUILDKIT_CONTEXT_KEEP_GIT_DIR");
  const bool asked =
      keep != session.options.arguments.end() && keep->second != "0" && keep->second != "false";
  const GitDirectory git_directory =
      reference.keep_git_dir.value_or(asked) ? GitDirectory::keep : GitDirectory::remove;
  const std::string commit = resolve_commit(session.options, reference);
  check_out(session.options, reference, commit, directory.path, git_directory);
  return {.root = open_subdirectory(directory, reference), .digest = commit_digest(commit)};
}

}  // namespace

// A repository's subdirectory: no link leads there, for it could lead anywhere.
Fd open_subdirectory(const TemporaryDirectory& directory, const GitReference& reference) {
  const std::string path = dockerfile::clean_path(cat("/", reference.subdirectory)).substr(1);
  if (path.empty()) return open_beneath(directory.fd.get(), ".", O_RDONLY | O_DIRECTORY);
  return in_context([&] { return without_credentials(reference.remote); },
                    [&] { return open_beneath(directory.fd.get(), path, O_RDONLY | O_DIRECTORY); });
}

BroughtContext unpack_context(const Session& session, int file, const std::string& what) {
  const TemporaryDirectory directory = make_temporary_directory(session.lease);
  const archive::Source content =
      archive::decompress(archive::read_from(file), max_context, archive::Formats::any);
  return in_context(
      [&] { return what; },
      [&]() -> BroughtContext {
        std::string header = take(content, tar_header_size);
        if (!is_tar_header(header)) {
          return {open_beneath(directory.fd.get(), ".", O_RDONLY | O_DIRECTORY),
                  read_dockerfile_from(after(std::move(header), content), "it")};
        }
        archive::ExtractOptions options;
        options.whiteouts = archive::Whiteouts::literal;
        options.owners = archive::Owners::fixed;
        options.uid = ::geteuid();
        options.gid = ::getegid();
        sys::reached("build.unpacking_context");
        for (const std::string& note :
             archive::extract(after(std::move(header), content), directory.fd.get(), options).notes)
          session.report({.kind = Event::Kind::note, .text = cat("warning: ", what, ": ", note)});
        return {open_beneath(directory.fd.get(), ".", O_RDONLY | O_DIRECTORY)};
      });
}

BroughtContext bring_context(const Session& session, const RemoteSource& source) {
  if (source.git) return check_out_context(session, *source.git);
  const Fd file = sys::create_at(session.lease.tmp(), ".", O_TMPFILE | O_RDWR, 0600);
  const WebDownload got = download(session.options, source.url, file.get());
  if (::lseek(file.get(), 0, SEEK_SET) != 0) throw_errno("rewind a download");
  BroughtContext brought = unpack_context(session, file.get(), source.url);
  brought.digest = cat("sha256:", got.sha256);
  return brought;
}

}  // namespace husk::build
