#include "libcore/store/container_log.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/base/sys.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

namespace husk::store {
namespace {

constexpr std::size_t longest_line = 16384;

std::string_view stream_name(Stream stream) { return stream == Stream::output ? "stdout" : "stderr"; }

LogEntry parse_entry(std::string_view line) {
  const auto json = nlohmann::json::parse(line, nullptr, false);
  if (!json.is_object()) return {std::string(line) + "\n", Stream::output, {}};  // damaged: shown as it is
  return {json.value("log", ""), json.value("stream", "") == "stderr" ? Stream::errors : Stream::output,
          parse_rfc3339(json.value("time", "")).value_or(Time{})};
}

std::string print_entry(std::string_view line, Stream stream, std::string_view time) {
  return cat("{\"log\":", json_string(line), ",\"stream\":\"", stream_name(stream), "\",\"time\":\"", time,
             "\"}\n");
}

}  // namespace

LogWriter::LogWriter(const Container& container)
    : file_(sys::create_at(container.directory(), "log", O_CREAT | O_WRONLY | O_APPEND | O_NOFOLLOW, 0600)) {
  struct stat status {};
  if (::fstat(file_.get(), &status) != 0) throw_errno("look at the log");
  size_ = status.st_size;
}

LogWriter::~LogWriter() {
  write(Stream::output, {});
  write(Stream::errors, {});
}

void LogWriter::write(Stream stream, std::span<const std::byte> bytes) {
  std::string& pending = stream == Stream::output ? output_ : errors_;
  pending += as_text(bytes);
  put(stream, pending, bytes.empty());
}

// All lines in one write(2), so that nothing comes between.
void LogWriter::put(Stream stream, std::string& pending, bool whole) {
  const std::string time = format_rfc3339(now());
  std::string lines;
  std::size_t count = 0;
  std::string_view rest = pending;
  while (!rest.empty()) {
    const auto end = rest.find('\n');
    if (end == std::string_view::npos && !whole && rest.size() < longest_line) break;
    const std::string_view line =
        rest.substr(0, std::min(end == std::string_view::npos ? rest.size() : end + 1, longest_line));
    lines += print_entry(line, stream, time);
    ++count;
    rest.remove_prefix(line.size());
  }
  pending.erase(0, pending.size() - rest.size());
  if (count == 0) return;
  if (lost_ > 0) {
    lines.insert(0, print_entry(cat("husk: ", lost_, lost_ == 1 ? " line is" : " lines are",
                                    " missing here: they could not be written\n"),
                                Stream::errors, time));
  }
  append(lines, count);
}

void LogWriter::append(const std::string& lines, std::size_t count) {
  try {
    sys::write_all(file_.get(), lines, "log");
    size_ += static_cast<off_t>(lines.size());
    lost_ = 0;
  } catch (const Error&) {
    lost_ += count;
    if (::ftruncate(file_.get(), size_) != 0) return;  // a reader shows half a line as it is
  }
}

LogReader::LogReader(const Container& container)
    : path_(container.path() / "log"),
      file_(::openat(container.directory(), "log", O_RDONLY | O_NOFOLLOW | O_CLOEXEC)) {
  if (!file_ && errno != ENOENT) throw_errno("open the log of container ", container.config().name);
}

std::optional<LogEntry> LogReader::next() {
  if (!file_) return std::nullopt;
  std::size_t searched = begin_;
  for (;;) {
    const auto end = buffer_.find('\n', searched);
    if (end != std::string::npos) {
      LogEntry entry = parse_entry(std::string_view(buffer_).substr(begin_, end - begin_));
      begin_ = end + 1;
      return entry;
    }
    buffer_.erase(0, begin_);
    begin_ = 0;
    searched = buffer_.size();
    std::vector<std::byte> more(std::size_t{64} << 10);
    const std::size_t count = read_some(file_.get(), more);
    if (count == 0) return std::nullopt;
    buffer_ += as_text(std::span<const std::byte>(more).first(count));
  }
}

// Backwards, for logs can be long.
void LogReader::seek_last(std::size_t count) {
  struct stat status {};
  if (!file_ || ::fstat(file_.get(), &status) != 0) return;
  off_t position = status.st_size;
  std::vector<char> block(std::size_t{64} << 10);
  std::size_t found = 0;  // ends of lines
  while (position > 0) {
    const auto length = static_cast<std::size_t>(std::min<off_t>(position, static_cast<off_t>(block.size())));
    position -= static_cast<off_t>(length);
    if (::pread(file_.get(), block.data(), length, position) != static_cast<ssize_t>(length))
      throw_errno("read ", quote(path_));
    for (std::size_t at = length; at > 0; --at) {
      if (block[at - 1] != '\n' || found++ < count) continue;
      (void)::lseek(file_.get(), position + static_cast<off_t>(at), SEEK_SET);
      return;
    }
  }
}

}  // namespace husk::store
