#include "libcore/build/web_source.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/base/sha256.hpp"
#include "libcore/build/auth_secrets.hpp"
#include "libcore/build/session.hpp"
#include "libcore/registry/header_text.hpp"
#include "libcore/registry/web_file.hpp"

#include <sys/stat.h>
#include <unistd.h>
#include <array>

namespace husk::build {
namespace {

constexpr std::uint64_t max_download = 1ULL << 36;

registry::WebFile web_file(const Options& options, const std::string& url) {
  const auto parsed = registry::parse_url(url);
  if (!parsed) throw Error(cat(quote(url), " is no URL"));
  registry::WebFile file = {.url = *parsed, .headers = {}, .check = check_interrupted};
  if (const std::string value = web_authorization(options, parsed->origin); !value.empty())
    file.headers.push_back({"Authorization", value});
  return file;
}

WebAnswer answer_of(const registry::Response& response) {
  WebAnswer answer;
  const auto tag = response.headers.find("ETag");
  const auto modified = response.headers.find("Last-Modified");
  if (tag && !tag->empty()) {
    // Weak or not: the bytes that it stands for are compared with their hash.
    answer.validator = cat("etag ", tag->starts_with("W/") ? tag->substr(2) : *tag);
  } else if (modified && !modified->empty()) {
    answer.validator = cat("modified ", *modified);
  }
  if (const auto time = registry::parse_http_date(modified.value_or(""))) answer.modified = time->count();
  answer.name = registry::parse_disposition(response.headers.find("Content-Disposition").value_or(""));
  return answer;
}

[[noreturn]] void refuse_size(const std::string& url) {
  throw Error(cat(url, ": larger than ", max_download, " bytes"));
}

[[noreturn]] void fail(const registry::WebFile& file, int status) {
  Error error(cat(file.url.text, ": ",
                  status == 404 ? "not found" : cat("the server answered with status ", status)));
  if (status == 401 || status == 403) {
    error.set_hint(
        cat("--secret id=HTTP_AUTH_TOKEN_", file.url.origin.host, ",… says who you are to this server"));
  }
  throw error;
}

}  // namespace

std::optional<WebAnswer> ask_web_server(const Options& options, const std::string& url) {
  registry::Http http;
  const registry::Response response = registry::ask_for_web_file(http, web_file(options, url));
  return response.status == 200 ? std::optional(answer_of(response)) : std::nullopt;
}

WebDownload download(const Options& options, const std::string& url, int file) {
  registry::Http http;
  Sha256 hash;
  std::uint64_t size = 0;
  const registry::WebFileSink sink = {
      .begin =
          [&](const registry::Response& response) {
            const auto length = registry::parse_content_length(response.headers.find_all("Content-Length"));
            if (length.value_or(0) > max_download) refuse_size(url);
            if (::ftruncate(file, 0) != 0 || ::lseek(file, 0, SEEK_SET) != 0)
              throw_errno("begin a download again");
            hash = Sha256();
            size = 0;
          },
      .take =
          [&](std::span<const std::byte> bytes) {
            size += bytes.size();
            if (size > max_download) refuse_size(url);
            hash.update(bytes);
            write_all(file, bytes, url);
          },
  };
  const registry::WebFile what = web_file(options, url);
  const registry::Response response = registry::get_web_file(http, what, sink);
  if (response.status != 200) fail(what, response.status);
  WebDownload got{answer_of(response), to_hex(hash.finish())};
  if (::fchmod(file, 0600) != 0) throw_errno("set the mode of a download");
  const struct timespec time = {got.answer.modified.value_or(0), 0};
  const std::array<struct timespec, 2> times = {time, time};
  if (::futimens(file, times.data()) != 0) throw_errno("set the time of a download");
  return got;
}

}  // namespace husk::build
