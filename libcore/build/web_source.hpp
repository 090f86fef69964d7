#pragma once

#include "libcore/build/options.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace husk::build {

/// What a web server said of a file.
struct WebAnswer {
  std::string validator;  // ETag or Last-Modified: the same while the file is; "" if the server gives none
  std::string name;       // in Content-Disposition; "" if there is none
  std::optional<std::int64_t> modified;  // seconds since 1970
};

/// What it says without sending the file; nothing if it does not answer that question.
std::optional<WebAnswer> ask_web_server(const Options& options, const std::string& url);

struct WebDownload {
  WebAnswer answer;
  std::string sha256;  // hexadecimal
};

/// Writes the file to FILE, which is empty, and gives it mode 0600 and the time of its last change, or that
/// of the epoch.
WebDownload download(const Options& options, const std::string& url, int file);

}  // namespace husk::build
