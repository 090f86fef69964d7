#include "libcore/build/context.hpp"

#include "libcore/base/at.hpp"
#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/build/hash_files.hpp"
#include "libcore/dockerfile/limits.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace husk::build {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_ignore_file = 4 << 20;

fs::path dockerfile_path(const Options& options) {
  if (!options.dockerfile.empty()) return options.dockerfile;
  const fs::path usual = options.context / "Dockerfile";
  const fs::path other = options.context / "Containerfile";
  std::error_code ignored;
  return !fs::exists(usual, ignored) && fs::exists(other, ignored) ? other : usual;
}

// The ignore file next to the Dockerfile is the user's choice, as the Dockerfile is; the one in the context
// is found from the context and can't be a link out of it.
std::optional<std::string> find_ignore_file(const Options& options, int root) {
  if (options.dockerfile != "-") {
    const fs::path own = dockerfile_path(options).native() + ".dockerignore";
    const Fd file(::open(own.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (file) return read_all(file.get(), max_ignore_file, own.native());
    if (errno != ENOENT && errno != ENOTDIR) throw_errno("open ", quote(own));
  }
  try {
    const Fd file = open_in_root(root, ".dockerignore", O_RDONLY | O_NONBLOCK);
    return read_all(file.get(), max_ignore_file, ".dockerignore");
  } catch (const SysError& error) {
    if (error.code() == ENOENT) return std::nullopt;
    throw;
  }
}

dockerfile::IgnoreMatcher read_ignore(const Options& options, int root) {
  const auto text = find_ignore_file(options, root);
  if (!text) return {};
  return in_context([] { return std::string(".dockerignore"); },
                    [&] { return dockerfile::IgnoreMatcher(dockerfile::parse_ignore_file(*text)); });
}

Fd open_context(const Options& options) {
  Fd root(::open(options.context.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!root) throw_errno("open the build context ", quote(options.context));
  return root;
}

}  // namespace

dockerfile::IgnoreMatcher read_ignore_file(const Options& options) {
  return read_ignore(options, open_context(options).get());
}

Context::Context(const store::Lease& lease, const Options& options)
    : root_(open_context(options)), ignore_(read_ignore(options, root_.get())), lease_(&lease) {
  tree_.emplace(root_.get(), ignores() ? &ignore_ : nullptr);
}

void Context::hash(std::vector<Selection>& selections) {
  if (!hashes_) hashes_.emplace(*lease_, root_.get());
  hash_files(root_.get(), selections, &*hashes_);
}

void Context::save_hashes() {
  if (hashes_) hashes_->save();
}

dockerfile::Source read_dockerfile(const Options& options) {
  if (options.dockerfile == "-") {
    return {"Dockerfile", read_all(STDIN_FILENO, dockerfile::max_file_size, "standard input")};
  }
  const fs::path path = dockerfile_path(options);
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file && errno == ENOENT) {
    Error error(cat("no ", quote(path)), Exit::failure);
    error.set_hint("-f FILE names another one; the last argument is the directory to build in");
    throw error;
  }
  if (!file) throw_errno("open ", quote(path));
  struct stat status {};
  if (::fstat(file.get(), &status) == 0 && S_ISDIR(status.st_mode))
    throw Error(cat(quote(path), " is a directory"));
  const std::string shown = options.dockerfile.empty() ? path.filename().native() : options.dockerfile;
  return {shown, read_all(file.get(), dockerfile::max_file_size, path.native())};
}

}  // namespace husk::build
