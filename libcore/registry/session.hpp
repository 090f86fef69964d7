#pragma once

#include "libcore/registry/credentials.hpp"
#include "libcore/registry/http.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace husk::registry {

/// insecure: plain http where there is no https, and certificates are not looked at.
enum class Security : std::uint8_t { strict, insecure };

/// Whether a request may be sent again, after the connection broke or to where it was redirected.
enum class Replay : std::uint8_t { no, yes };

struct Call {
  Request request;
  Replay replay = Replay::yes;
  /// Called each time before the request is sent: sets a Range, rewinds a file.
  std::function<void(Request&)> prepare = {};
};

/// Talks to one registry about one repository: adds credentials, follows redirects, tries again. Credentials
/// and tokens go to the registry's own origin (scheme, host, port) and nowhere else, and to a token server as
/// judge_realm() has it.
class Session {
 public:
  struct Options {
    std::string registry;  // as in a reference: "docker.io"
    std::vector<std::string> scopes;
    Security security = Security::strict;
    Tls tls = {};
    /// Called at most once, when the registry wants to know who we are.
    std::function<std::optional<Credentials>()> credentials;
  };
  Session(Http& http, Options options);

  /// The URL of PATH ("/v2/…") at the registry. The first call finds out whether an insecure registry speaks
  /// https.
  Url url(const std::string& path);

  struct Exchange;
  /// Does not keep it alive: what it calls may hold the handle.
  using Handle = std::weak_ptr<Exchange>;
  /// DONE gets an outcome with any status but 401 to which there was an answer, redirects, 429 and 5xx that
  /// went away.
  Handle start(Call call, Done done);
  void resume(const Handle& handle);

  /// start() and waiting for it. Throws if there is no response.
  Response perform(Call call);

  Http& http() noexcept { return http_; }

 private:
  using Held = std::shared_ptr<Exchange>;
  void send(const Held& exchange);
  void take(const Held& exchange, Outcome outcome);
  bool try_again(const Held& exchange, const Outcome& outcome);
  bool follow(const Held& exchange, const Response& response);
  bool authenticate(const Held& exchange, const Response& response);
  std::string fetch_token(const Url& realm, const std::string& service,
                          const std::vector<std::string>& scopes);
  const std::optional<Credentials>& credentials();
  void find_origin();

  Http& http_;
  Options options_;
  std::optional<Origin> origin_;
  bool registry_is_private_ = false;
  bool asked_credentials_ = false;
  std::optional<Credentials> credentials_;
  std::string authorization_;  // header value; empty: none
};

/// Whether the environment names a proxy: then the address that we are connected to is not the server's.
bool behind_proxy();

/// Throws the Error that says what the registry answered: "DOING: not found", with its own words.
[[noreturn]] void throw_status(const Response& response, const std::string& doing);

}  // namespace husk::registry
