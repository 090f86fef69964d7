#pragma once

#include "libcore/registry/url.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace husk::registry {

struct Header {
  std::string name;
  std::string value;
};

/// What a server said about its reply.
class Headers {
 public:
  void add(std::string name, std::string value);
  void clear() { all_.clear(); }
  /// The first of that name; upper and lower case are the same.
  std::optional<std::string> find(std::string_view name) const;
  std::vector<std::string> find_all(std::string_view name) const;

 private:
  std::vector<Header> all_;
};

struct Response {
  int status = 0;
  Headers headers = {};
  std::string body = {};  // unless it went to a sink
  Url url = {};
  bool private_peer = false;  // the address that we were connected to is one of is_private_address()

  bool is_redirect() const {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
  }
};

constexpr int max_redirects = 10;  // that one request may lead to

/// What a connection must prove.
struct Tls {
  enum class Verify : std::uint8_t { yes, no } verify = Verify::yes;
  std::filesystem::path ca_file = {};  // besides the system's
  std::filesystem::path client_certificate = {};
  std::filesystem::path client_key = {};
};

enum class Flow : std::uint8_t { taken, wait };
enum class Peers : std::uint8_t { any, not_private };

/// One request. Nothing is added to it by itself: no credentials, no cookies, no netrc; no redirect is
/// followed.
struct Request {
  std::string method = "GET";
  Url url;
  std::vector<Header> headers = {};
  std::string body = {};
  /// Fills the buffer with what is to be sent: 0 at the end; nothing: wait, and call Http::resume() when
  /// there is more.
  std::function<std::optional<std::size_t>(std::span<std::byte>)> source = {};
  std::optional<std::uint64_t> source_size = {};  // unknown: sent in chunks
  /// Called before the first byte of the body of a reply with status 200 or 206. May throw.
  std::function<void(const Response&)> on_head = {};
  /// Takes the body of a reply with status 200 or 206; all other bodies go to Response::body. "wait": it took
  /// nothing, and Http::resume() will be called.
  std::function<Flow(std::span<const std::byte>)> sink = {};
  std::size_t max_body = 1 << 20;
  Tls tls = {};
  Peers peers = Peers::any;
};

/// How a request ended: with a response of whatever status, or with an error.
struct Outcome {
  Response response;
  std::exception_ptr error = {};
  enum class Failure : std::uint8_t { none, connection, tls, broken, final } failure = Failure::none;
  std::uint64_t received = 0;  // bytes of body
};

using Done = std::function<void(Outcome)>;

/// The event loop of a program that moves images, and the only door to libcurl. One thread; functions are
/// called back from run_until() only.
class Http {
 public:
  Http();
  Http(const Http&) = delete;
  ~Http();

  using Id = std::uint64_t;
  Id start(Request request, Done done);
  /// The sink or the source of this request can go on. One that is over is fine.
  void resume(Id id);

  void after(std::chrono::milliseconds delay, std::function<void()> then);
  /// EVENTS as for poll(2). Called again and again until unwatch().
  void watch(int fd, short events, std::function<void()> then);
  void unwatch(int fd);

  /// Throws what a callback threw. May be called from a callback.
  void run_until(const std::function<bool()>& done);

 private:
  struct Transfer;
  struct State;
  void step();
  bool collect_finished();
  bool fire_timers();
  void wait();
  std::unique_ptr<State> state_;
};

}  // namespace husk::registry
