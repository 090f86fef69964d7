#include "libcore/base/run_program.hpp"

#include "libcore/base/environment.hpp"
#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"

#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wold-style-cast"
#endif
#include <boost/asio/io_context.hpp>
#include <boost/process/v2/process.hpp>
#include <boost/process/v2/stdio.hpp>
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

namespace husk {
namespace {

namespace process = boost::process::v2;

constexpr std::size_t max_output = 65536;

std::string_view find_package(std::string_view program) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> packages = {{
      {"newuidmap", "uidmap"},
      {"newgidmap", "uidmap"},
      {"pasta", "passt"},
      {"slirp4netns", "slirp4netns"},
      {"fuse-overlayfs", "fuse-overlayfs"},
      {"git", "git"},
  }};
  const auto found =
      std::ranges::find(packages, program, &std::pair<std::string_view, std::string_view>::first);
  return found == packages.end() ? std::string_view{} : found->second;
}

// Not Boost's find_executable(): that one needs the compiled libboost_filesystem.
std::string find_executable(const std::string& name) {
  if (name.find('/') != std::string::npos) return name;
  const std::string path = find_environment("PATH").value_or("/usr/local/bin:/usr/bin:/bin");
  for (std::string_view rest = path; !rest.empty();) {
    const std::string_view directory = rest.substr(0, rest.find(':'));
    rest.remove_prefix(std::min(rest.size(), directory.size() + 1));
    std::string file = cat(directory, "/", name);
    if (directory.starts_with('/') && ::access(file.c_str(), X_OK) == 0) return file;
  }
  Error error(cat("run ", quote(name), ": no such program in PATH"));
  if (const auto package = find_package(name); !package.empty()) {
    error.set_hint(cat("install the package ", quote(package)));
  }
  throw error;
}

// What the program reads: a file in memory, so that a program that reads nothing can't block or kill us.
Fd make_input(const std::string& text) {
  if (text.empty()) {
    Fd null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    if (!null) throw_errno("open /dev/null");
    return null;
  }
  Fd file(::memfd_create("input", MFD_CLOEXEC));
  if (!file) throw_errno("create a file in memory");
  write_all(file.get(), text, "input");
  if (::lseek(file.get(), 0, SEEK_SET) != 0) throw_errno("rewind the input");
  return file;
}

// What Boost 1.81's own closing of descriptors misses. Runs in the child, between fork and exec.
struct CloseOthers {
  boost::system::error_code on_exec_setup(const auto& /*launcher*/, const auto& /*executable*/,
                                          const char* const* /*argv*/) const {
    const bool done = ::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) == 0;
    return {done ? 0 : errno, boost::system::system_category()};
  }
};

// What Boost's own process_environment does, which needs the compiled libboost_filesystem.
class Environment {
 public:
  explicit Environment(const std::optional<std::vector<std::string>>& variables) : given_(variables) {
    if (!given_) return;
    for (const std::string& variable : *variables) pointers_.push_back(variable.c_str());
    pointers_.push_back(nullptr);
  }
  boost::system::error_code on_setup(auto& launcher, const auto& /*executable*/,
                                     const char* const* /*argv*/) const {
    if (given_) launcher.env = pointers_.data();
    return {};
  }

 private:
  bool given_;
  std::vector<const char*> pointers_;
};

// One program that runs. Let go of, it is killed: ~basic_process() sends SIGKILL and waits.
class Started {
 public:
  explicit Started(const Program& program)
      : name_(program.name), input_(make_input(program.input)), output_(make_pipe()), errors_(make_pipe()) {
    // Boost 1.81 loses the error code of the overloads that take one: they throw all the same.
    try {
      const Environment environment(program.environment);
      process::process_stdio streams{input_.get(), output_.write_end.get(), errors_.write_end.get()};
      const std::string file = find_executable(program.name);
      process_ = process::default_process_launcher()(context_, file, program.arguments, streams,
                                                     CloseOthers{}, environment);
    } catch (const boost::system::system_error& error) {
      throw SysError(error.code().value(), cat("run ", quote(name_)));
    }
    output_.write_end.reset();
    errors_.write_end.reset();
  }

  std::array<std::pair<Fd*, std::string*>, 2> streams() {
    return {{{&output_.read_end, &result_.output}, {&errors_.read_end, &result_.errors}}};
  }

  void signal(int number) { (void)::kill(process_.id(), number); }

  ProgramResult finish() {
    boost::system::error_code failure;
    process_.wait(failure);
    if (failure) throw SysError(failure.value(), cat("wait for ", quote(name_)));
    const int status = process_.native_exit_code();
    result_.status.code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    return std::move(result_);
  }

 private:
  std::string name_;
  Fd input_;
  Pipe output_;
  Pipe errors_;
  boost::asio::io_context context_;
  process::basic_process<boost::asio::io_context::executor_type> process_{context_};
  ProgramResult result_{};
};

// Empties the pipe a little; what is over the limit is dropped, so that the program never blocks.
void drain(Fd& pipe, std::string& text) {
  std::array<std::byte, 16384> buffer;
  const std::size_t count = read_some(pipe.get(), buffer);
  if (count == 0) return pipe.reset();
  text += as_text(std::span(buffer).first(std::min(count, max_output - text.size())));
}

void read_streams(std::span<Started* const> programs) {
  for (;;) {
    std::array<pollfd, 4> waiting{};
    std::array<std::pair<Fd*, std::string*>, 4> streams{};
    nfds_t count = 0;
    for (Started* const program : programs) {
      for (const auto& stream : program->streams()) {
        if (!*stream.first) continue;
        streams.at(count) = stream;
        waiting.at(count++) = {stream.first->get(), POLLIN, 0};
      }
    }
    if (count == 0) return;
    if (::poll(waiting.data(), count, -1) < 0 && errno != EINTR) throw_errno("wait for a program");
    for (nfds_t index = 0; index < count; ++index) {
      if (waiting.at(index).revents != 0) drain(*streams.at(index).first, *streams.at(index).second);
    }
  }
}

}  // namespace

struct RunningProgram::State : Started {
  using Started::Started;
};

RunningProgram::RunningProgram(const Program& program) : state_(std::make_unique<State>(program)) {}
RunningProgram::RunningProgram(RunningProgram&&) noexcept = default;
RunningProgram::~RunningProgram() = default;

int RunningProgram::output() const noexcept { return state_->streams()[0].first->get(); }
int RunningProgram::errors() const noexcept { return state_->streams()[1].first->get(); }

void RunningProgram::read() {
  for (const auto& [pipe, text] : state_->streams()) {
    pollfd waiting{pipe->get(), POLLIN, 0};
    if (*pipe && ::poll(&waiting, 1, 0) > 0) drain(*pipe, *text);
  }
}

std::string RunningProgram::take_errors() { return std::exchange(*state_->streams()[1].second, {}); }

void RunningProgram::signal(int number) { state_->signal(number); }

ProgramResult RunningProgram::finish() {
  Started* const one = state_.get();
  read_streams(std::array{one});
  return state_->finish();
}

ProgramResult run_program(const Program& program) {
  Started started(program);
  read_streams(std::array{&started});
  return started.finish();
}

std::pair<ProgramResult, ProgramResult> run_programs(const Program& first, const Program& second) {
  Started one(first);
  Started two(second);
  read_streams(std::array{&one, &two});
  ProgramResult result = one.finish();
  return {std::move(result), two.finish()};
}

}  // namespace husk
