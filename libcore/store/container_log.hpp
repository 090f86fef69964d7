#pragma once

#include "libcore/base/fd.hpp"
#include "libcore/base/time.hpp"
#include "libcore/store/containers.hpp"

#include <sys/types.h>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace husk::store {

/// The file "log" of a container: a line of JSON for each line that it printed, as docker's driver json-file
/// has them: {"log":"text\n","stream":"stdout","time":"2026-01-31T23:59:59.123456789Z"}.

enum class Stream : std::uint8_t { output, errors };

/// Writes at the end of it. What has no end of line yet is kept back, 16 KiB at most. A container goes on
/// when the disk is full: what there is no room for is left out, and as soon as there is room a line on
/// "stderr" says so.
class LogWriter {
 public:
  explicit LogWriter(const Container& container);
  LogWriter(LogWriter&&) = delete;
  ~LogWriter();  // writes what was kept back

  /// BYTES that were printed now; none: the stream has ended.
  void write(Stream stream, std::span<const std::byte> bytes);

 private:
  void put(Stream stream, std::string& pending, bool whole);
  void append(const std::string& lines, std::size_t count);

  Fd file_;
  off_t size_ = 0;
  std::size_t lost_ = 0;  // lines
  std::string output_;
  std::string errors_;
};

struct LogEntry {
  std::string text;  // with its end of line, if it had one
  Stream stream = Stream::output;
  Time time;
};

/// Reads it from the beginning, and goes on when there is more.
class LogReader {
 public:
  explicit LogReader(const Container& container);

  /// Nothing at the end, which may be in the middle of a line that is just written.
  std::optional<LogEntry> next();
  /// Goes to the last COUNT entries.
  void seek_last(std::size_t count);
  /// To be told of by inotify(7): the path of the file.
  const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
  Fd file_;
  std::string buffer_;
  std::size_t begin_ = 0;  // of what next() has not given yet
};

}  // namespace husk::store
