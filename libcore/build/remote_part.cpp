#include "libcore/build/remote_part.hpp"

#include "libcore/base/at.hpp"
#include "libcore/base/error.hpp"
#include "libcore/base/sys.hpp"
#include "libcore/build/context_source.hpp"
#include "libcore/build/git_source.hpp"
#include "libcore/build/step_key.hpp"
#include "libcore/build/web_source.hpp"
#include "libcore/store/cache.hpp"
#include "libcore/store/remove_tree.hpp"

#include <fcntl.h>
#include <ctime>

namespace husk::build {
namespace {

using dockerfile::Copy;
using dockerfile::SyntaxError;
using dockerfile::Word;

constexpr std::string_view web_prefix = "web ";
constexpr const char* file_name = "file";  // whatever the server calls it

std::optional<RemoteSource> parse_source(const Word& source) {
  try {
    return parse_remote_source(source.text);
  } catch (const Error& error) {
    SyntaxError located(source.at, error.what());
    located.set_hint(error.hint());
    throw located;
  }
}

void set_commit(GitReference& git, const Word& checksum) {
  if (checksum.text.find(':') != std::string::npos)
    throw SyntaxError(checksum.at, "the --checksum of a repository is a commit");
  if (!git.checksum.empty() && git.checksum != checksum.text) {
    throw SyntaxError(checksum.at,
                      cat("--checksum=", escape(checksum.text), ", but the URL says ", escape(git.checksum)));
  }
  git.checksum = checksum.text;
}

Checksum parse_checksum(const Word& text) {
  const auto checksum = Checksum::parse(text.text);
  if (!checksum)
    throw SyntaxError(text.at,
                      cat("--checksum=", escape(text.text), ": what husk-build checks at a URL is sha256:HEX, ",
                          "sha384:HEX or sha512:HEX"));
  return *checksum;
}

std::string version_of(const Checksum& checksum) {
  return checksum.algorithm() == Sha2::sha256 ? std::string(checksum.hex()) : checksum.str();
}

void check_file(const RemotePart& part, const WebDownload& got, int file) {
  if (!part.checksum) return;
  const Checksum& wanted = *part.checksum;
  const bool usual = wanted.algorithm() == Sha2::sha256;
  const std::string hex = usual ? got.sha256 : hash_file(wanted.algorithm(), file, part.source.url);
  if (hex == wanted.hex()) return;
  const std::string_view name = std::string_view(wanted.str()).substr(0, wanted.str().find(':'));
  throw Error(cat(part.source.url, ": what came is ", name, ":", hex, ", not the ", wanted.str(),
                  " of --checksum"));
}

// What the server said of a file, and what that file was.
std::string record_key(const std::string& url, const std::string& validator) {
  StepKey key("", "web");
  key.add("url", url);
  key.add("validator", validator);
  return key.finish();
}

void remember(const Session& session, const std::string& url, const WebDownload& got) {
  // Its time stands for a file only when that can't have been written twice within it ("racy git").
  constexpr std::int64_t resolution = 2;
  const bool racy = got.answer.validator.starts_with("modified") &&
                    got.answer.modified.value_or(0) + resolution > std::time(nullptr);
  if (got.answer.validator.empty() || racy) return;
  store::put_cache_record(session.lease, record_key(url, got.answer.validator),
                          {.diff_id = {}, .note = cat(web_prefix, got.sha256)});
}

std::optional<std::string> recall(const Session& session, const std::string& url, const WebAnswer& answer) {
  if (answer.validator.empty()) return std::nullopt;
  const auto record = store::find_cache_record(session.store(), record_key(url, answer.validator));
  if (!record || !record->note.starts_with(web_prefix)) return std::nullopt;
  return record->note.substr(web_prefix.size());
}

void announce(const Session& session, const std::string& url) {
  session.report({.kind = Event::Kind::note, .text = cat("fetching ", escape(without_credentials(url)))});
}

struct BroughtFile {
  std::shared_ptr<BroughtPart> part;
  WebDownload got;
};
BroughtFile bring_file(const Session& session, const RemotePart& part) {
  announce(session, part.source.url);
  auto brought = std::make_shared<BroughtPart>(session.lease);
  const int directory = brought->directory().fd.get();
  const Fd file = sys::create_at(directory, file_name, O_CREAT | O_EXCL | O_RDWR, 0600);
  WebDownload got = download(session.options, part.source.url, file.get());
  sys::reached("build.downloaded");
  check_file(part, got, file.get());
  remember(session, part.source.url, got);
  brought->root = open_beneath(directory, ".", O_RDONLY | O_DIRECTORY);
  brought->tree.emplace(brought->root.get());
  brought->selection.entries.push_back(*brought->tree->find(file_name));
  return {std::move(brought), std::move(got)};
}

std::string choose_name(const RemotePart& part, const std::string& said) {
  std::string name = file_name_of(part.source.url);
  return name.empty() ? said : name;
}

RemoteContent examine_file(const Session& session, const RemotePart& part) {
  const auto answer = ask_web_server(session.options, part.source.url);
  if (answer) {
    const std::string name = choose_name(part, answer->name);
    if (part.checksum) return {version_of(*part.checksum), name};
    if (const auto known = recall(session, part.source.url, *answer)) return {*known, name};
  }
  BroughtFile file = bring_file(session, part);
  const std::string version = part.checksum ? version_of(*part.checksum) : file.got.sha256;
  return {version, choose_name(part, file.got.answer.name), std::move(file.part)};
}

}  // namespace

std::optional<RemotePart> plan_remote_part(const Copy& copy, const Word& source, const Word& checksum) {
  std::optional<RemoteSource> parsed = parse_source(source);
  if (!parsed) return std::nullopt;
  if (!copy.add) {
    SyntaxError error(source.at,
                      parsed->git ? "source can't be a git ref for COPY" : "source can't be a URL for COPY");
    error.set_hint("ADD takes files from there");
    throw error;
  }
  RemotePart part{.source = std::move(*parsed), .unpack = copy.unpack.value_or(false)};
  if (part.source.git) {
    GitReference& git = *part.source.git;
    if (copy.keep_git_dir && git.keep_git_dir == false)
      throw SyntaxError(source.at, "--keep-git-dir, but the URL says keep-git-dir=false");
    if (copy.keep_git_dir) git.keep_git_dir = true;
    if (!checksum.empty()) set_commit(git, checksum);
  } else if (!checksum.empty()) {
    part.checksum = parse_checksum(checksum);
  }
  return part;
}

BroughtPart::BroughtPart(const store::Lease& lease)
    : lease_(lease), directory_(make_temporary_directory(lease)) {}

BroughtPart::~BroughtPart() {
  try {
    store::remove_tree(lease_.tmp(), directory_.path.filename().native());
  } catch (const Error&) {
    // The lease removes it when the build ends.
  }
}

std::optional<RemoteContent> examine_remote(const Session& session, const RemotePart& part, Ask ask) {
  if (part.source.git) {
    const GitReference& git = *part.source.git;
    if (auto commit = known_commit(git)) return RemoteContent{std::move(*commit), {}};
    if (ask == Ask::nobody) return std::nullopt;
    return RemoteContent{resolve_commit(session.options, git), {}};
  }
  if (const std::string name = file_name_of(part.source.url); part.checksum && !name.empty())
    return RemoteContent{version_of(*part.checksum), name};
  if (ask == Ask::nobody) return std::nullopt;
  return examine_file(session, part);
}

std::string describe_remote(const RemotePart& part, const RemoteContent& content) {
  std::string text = cat(content.version, " ", part.unpack ? "unpack " : "");
  if (!part.source.git) return text + content.name;
  const GitReference& git = *part.source.git;
  text += cat(git.submodules ? "submodules " : "", git.subdirectory);
  // Only .git knows what the commit was called.
  if (git.keep_git_dir.value_or(false)) text += cat("\n.git ", git.ref);
  return text;
}

std::shared_ptr<BroughtPart> bring_remote(const Session& session, const RemotePart& part,
                                          const RemoteContent& content,
                                          const dockerfile::IgnoreMatcher* exclude) {
  std::shared_ptr<BroughtPart> brought = content.brought;
  if (part.source.git) {
    announce(session, part.source.url);
    const GitReference& git = *part.source.git;
    // The checksum was enough to find the step in the cache. To make it, the ref has to be that commit, too.
    if (known_commit(git)) (void)resolve_commit(session.options, git);
    brought = std::make_shared<BroughtPart>(session.lease);
    const auto git_directory = git.keep_git_dir.value_or(false) ? GitDirectory::keep : GitDirectory::remove;
    check_out(session.options, git, content.version, brought->directory().path, git_directory);
    sys::reached("build.checked_out");
    brought->root = open_subdirectory(brought->directory(), git);
    brought->tree.emplace(brought->root.get());
    SelectOptions options;
    if (exclude != nullptr && !exclude->empty()) options.exclude = exclude;
    brought->selection = std::move(select(*brought->tree, "/", options).front());
    return brought;
  }
  if (!brought) {
    BroughtFile file = bring_file(session, part);
    if (!part.checksum && file.got.sha256 != content.version)
      throw Error(
          cat(part.source.url, ": the file changed, and its ETag or Last-Modified did not: build again"));
    brought = std::move(file.part);
  }
  brought->selection.name = content.name;
  if (exclude != nullptr && !exclude->empty() && exclude->matches(content.name))
    brought->selection.entries.clear();
  return brought;
}

}  // namespace husk::build
