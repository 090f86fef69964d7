#include "libcore/build/dockerfile_source.hpp"

#include "libcore/base/at.hpp"
#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/build/remote_source.hpp"
#include "libcore/dockerfile/limits.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <array>

namespace husk::build {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_ignore_file = 4 << 20;
constexpr std::array usual_names = {"Dockerfile", "Containerfile"};

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

// -f is a path as any other, or else one in the context.
fs::path dockerfile_path(const Options& options) {
  if (!options.dockerfile.empty()) {
    const fs::path inside = options.context / options.dockerfile;
    return !is_there(options.dockerfile) && is_there(inside) ? inside : fs::path(options.dockerfile);
  }
  for (const char* const name : usual_names) {
    if (is_there(options.context / name)) return options.context / name;
  }
  return options.context / usual_names.front();
}

std::optional<Fd> find_in_context(int context, const std::string& name) try {
  return open_in_root(context, name, O_RDONLY | O_NONBLOCK);
} catch (const SysError& error) {
  if (error.code() == ENOENT || error.code() == ENOTDIR) return std::nullopt;
  throw;
}

// What is in a context can be anything; what the user named may be a pipe, "<(…)".
void check_is_file(const Fd& file, std::string_view name) {
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) throw_errno("examine ", quote(name));
  if (S_ISDIR(status.st_mode)) throw Error(cat(quote(name), " is a directory"));
}
void check_is_regular_file(const Fd& file, std::string_view name) {
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) throw_errno("examine ", quote(name));
  if (!S_ISREG(status.st_mode)) throw Error(cat(quote(name), " is no regular file"));
}

constexpr const char* default_hint =
    "-f FILE names another one; the last argument is the directory to build in";

Error no_dockerfile(std::string_view name, const char* hint) {
  Error error(cat("no Dockerfile ", quote(name)));
  error.set_hint(hint);
  return error;
}

std::optional<std::string> find_ignore_file_in(int context) {
  for (const char* const name : {".containerignore", ".dockerignore"}) {
    if (const auto file = find_in_context(context, name)) {
      check_is_regular_file(*file, name);
      return read_all(file->get(), max_ignore_file, name);
    }
  }
  return std::nullopt;
}

// The ignore file next to the Dockerfile is the user's choice, as the Dockerfile is; the one in the context
// is found from the context and can't be a link out of it.
std::optional<std::string> find_ignore_file(const Options& options, int context) {
  if (options.dockerfile != "-" && !is_web_address(options.dockerfile)) {
    const fs::path own = dockerfile_path(options).native() + ".dockerignore";
    const Fd file(::open(own.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (file) return read_all(file.get(), max_ignore_file, own.native());
    if (errno != ENOENT && errno != ENOTDIR) throw_errno("open ", quote(own));
  }
  return find_ignore_file_in(context);
}

dockerfile::IgnoreMatcher make_matcher(const std::optional<std::string>& text) {
  if (!text) return {};
  return in_context([] { return std::string("ignore file"); },
                    [&] { return dockerfile::IgnoreMatcher(dockerfile::parse_ignore_file(*text)); });
}

}  // namespace

dockerfile::Source read_dockerfile(const Options& options) {
  if (options.dockerfile == "-")
    return {"Dockerfile", read_all(STDIN_FILENO, dockerfile::max_file_size, "standard input")};
  const fs::path path = dockerfile_path(options);
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!file && errno == ENOENT) {
    throw no_dockerfile(path.native(), options.dockerfile.empty()
                                           ? default_hint
                                           : "-f FILE is looked up here, then in the directory to build in");
  }
  if (!file) throw_errno("open ", quote(path));
  check_is_file(file, path.native());
  const std::string shown = options.dockerfile.empty() ? path.filename().native() : options.dockerfile;
  return {shown, read_all(file.get(), dockerfile::max_file_size, path.native())};
}

dockerfile::Source read_dockerfile_in(int context, const std::string& name) {
  const auto read = [](const Fd& file, const std::string& path) -> dockerfile::Source {
    check_is_regular_file(file, path);
    return {path, read_all(file.get(), dockerfile::max_file_size, path)};
  };
  if (!name.empty()) {
    if (const auto file = find_in_context(context, name)) return read(*file, name);
    throw no_dockerfile(name, "-f FILE is a file of the context, where that is not a directory");
  }
  for (const char* const usual : usual_names) {
    if (const auto file = find_in_context(context, usual)) return read(*file, usual);
  }
  throw no_dockerfile(usual_names.front(), "-f FILE names another one in the context");
}

Fd open_context_directory(const fs::path& path) {
  Fd root(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!root) throw_errno("open the build context ", quote(path));
  return root;
}

dockerfile::IgnoreMatcher read_ignore_file(const Options& options) {
  if (options.main_context.kind != ContextName::Kind::directory) return {};
  return make_matcher(find_ignore_file(options, open_context_directory(options.context).get()));
}

dockerfile::IgnoreMatcher read_ignore_file_in(int context) {
  return make_matcher(find_ignore_file_in(context));
}

}  // namespace husk::build
