#include "libcore/build/git_source.hpp"

#include "libcore/base/at.hpp"
#include "libcore/base/error.hpp"
#include "libcore/build/git_program.hpp"
#include "libcore/build/source_tree.hpp"
#include "libcore/store/remove_tree.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <array>
#include <charconv>
#include <map>

namespace husk::build {
namespace {

void check_commit(const GitReference& reference, const std::string& commit) {
  if (reference.checksum.empty() || commit.starts_with(reference.checksum)) return;
  throw Error(cat(without_credentials(reference.remote), ": the commit is ", commit, ", not ",
                  quote(reference.checksum)));
}

// "COMMIT\tNAME\n"… of git-ls-remote(1), by name.
std::map<std::string, std::string, std::less<>> parse_refs(std::string_view text) {
  std::map<std::string, std::string, std::less<>> refs;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const auto tab = line.find('\t');
    if (tab != std::string_view::npos && is_commit_id(line.substr(0, tab)))
      refs.emplace(line.substr(tab + 1), line.substr(0, tab));
  }
  return refs;
}

// The full names that REF may stand for, the likeliest first. A branch wins over a tag of its name, as for
// git-checkout(1); "^{}" is the commit that an annotated tag is for.
std::vector<std::string> names_of(const std::string& ref) {
  if (ref.empty()) return {"HEAD"};
  if (ref.starts_with("refs/")) return {ref + "^{}", ref};
  const std::string tag = cat("refs/tags/", ref);
  return {cat("refs/heads/", ref), tag + "^{}", tag, cat("refs/", ref, "^{}"), cat("refs/", ref), ref};
}

void set_times(int directory, const std::string& name, std::int64_t seconds) {
  const struct timespec time = {seconds, 0};
  const std::array<struct timespec, 2> times = {time, time};
  if (::utimensat(directory, name.c_str(), times.data(), AT_SYMLINK_NOFOLLOW) != 0)
    throw_errno("set the time of ", quote(name));
}

// Goes over what was checked out, directories last: their times change while what is in them is removed.
class Finisher {
 public:
  Finisher(int root, GitDirectory git_directory, std::optional<std::int64_t> time)
      : root_(root), tree_(root), git_directory_(git_directory), time_(time) {}

  void run(const std::string& path) {
    const auto& children = tree_.list(path).children;
    for (const SourceFile& child : children) {
      if (child.is_directory() && child.name != git_name) run(join_path(path, child.name));
    }
    // Opened when what is below is done: a tree may be deeper than there are descriptors.
    const Fd directory = open_beneath(root_, path.empty() ? "." : path, O_RDONLY | O_DIRECTORY);
    for (const SourceFile& child : children) {
      // git never checks out a file of that name: it is its own.
      if (child.name == git_name) {
        if (git_directory_ == GitDirectory::remove) store::remove_tree(directory.get(), child.name);
      } else if (time_) {
        set_times(directory.get(), child.name, *time_);
      }
    }
    if (path.empty() && time_) set_times(directory.get(), ".", *time_);
  }

 private:
  static constexpr std::string_view git_name = ".git";

  int root_;
  SourceTree tree_;
  GitDirectory git_directory_;
  std::optional<std::int64_t> time_;
};

std::int64_t time_of_commit(const GitProgram& git, const std::string& path, const std::string& commit) {
  const std::string text = git.run({"-C", path, "show", "-s", "--format=%ct", commit});
  std::int64_t seconds = 0;
  (void)std::from_chars(text.data(), text.data() + text.size(), seconds);
  return seconds;
}

// The commit alone, if the remote gives it; else all branches and tags, for old servers and plain files.
void fetch(const GitProgram& git, const std::string& path, const std::string& commit) {
  const std::vector<std::string> begin = {
      "-C", path, "fetch", "-q", "--no-tags", "--force", "--no-recurse-submodules"};
  std::vector<std::string> one = begin;
  one.insert(one.end(), {"--depth=1", "--", git.remote(), commit});
  if (git.try_run(one)) return;
  std::vector<std::string> all = begin;
  all.insert(all.end(),
             {"--", git.remote(), "+refs/heads/*:refs/husk/heads/*", "+refs/tags/*:refs/husk/tags/*"});
  (void)git.run(all);
}

}  // namespace

std::optional<std::string> known_commit(const GitReference& reference) {
  const std::string& commit = is_commit_id(reference.ref) ? reference.ref : reference.checksum;
  if (!is_commit_id(commit)) return std::nullopt;
  check_commit(reference, commit);
  return commit;
}

std::string resolve_commit(const Options& options, const GitReference& reference) {
  const bool named_by_itself = is_commit_id(reference.ref) || reference.ref.empty();
  if (auto known = known_commit(reference); known && named_by_itself) return *known;
  const GitProgram git(options, reference.remote);
  std::vector<std::string> arguments = {"ls-remote", "-q", "--", git.remote()};
  const std::vector<std::string> names = names_of(reference.ref);
  arguments.insert(arguments.end(), names.begin(), names.end());
  const auto refs = parse_refs(git.run(arguments));
  for (const std::string& name : names) {
    const auto found = refs.find(name);
    if (found == refs.end()) continue;
    check_commit(reference, found->second);
    return found->second;
  }
  throw Error(cat(git.remote(), " has no ",
                  reference.ref.empty() ? "HEAD" : cat("branch, tag or commit ", quote(reference.ref))));
}

void check_out(const Options& options, const GitReference& reference, const std::string& commit,
               const std::filesystem::path& directory, GitDirectory git_directory) {
  const GitProgram git(options, reference.remote);
  const std::string& path = directory.native();
  (void)git.run({"init", "-q", "--template=", "--", path});
  fetch(git, path, commit);
  (void)git.run({"-C", path, "checkout", "-q", "--force", "--detach", commit});
  // What the URLs of submodules may be relative to.
  (void)git.run({"-C", path, "config", "remote.origin.url", git.remote()});
  if (reference.submodules)
    (void)git.run({"-C", path, "submodule", "--quiet", "update", "--init", "--recursive", "--depth=1"});
  std::optional<std::int64_t> time;
  if (reference.times == GitReference::Times::of_commit) time = time_of_commit(git, path, commit);
  const Fd root(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!root) throw_errno("open ", quote(path));
  Finisher(root.get(), git_directory, time).run("");
}

}  // namespace husk::build
