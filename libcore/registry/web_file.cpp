#include "libcore/registry/web_file.hpp"

#include "libcore/base/error.hpp"
#include "libcore/registry/client.hpp"
#include "libcore/registry/session.hpp"

namespace husk::registry {
namespace {

constexpr int max_tries = 3;
constexpr auto pause = std::chrono::milliseconds(200);

std::string host_and_port(const Origin& origin) {
  const bool usual = origin.port == (origin.scheme == "https" ? "443" : "80");
  return usual ? origin.host : cat(origin.host, ":", origin.port);
}

class Exchange {
 public:
  Exchange(Http& http, const WebFile& file, std::string method, const WebFileSink* sink)
      : http_(http), file_(file), method_(std::move(method)), sink_(sink), where_(file.url) {}

  Response run() {
    for (int attempt = 1;; ++attempt) {
      Outcome outcome = send();
      const bool broken =
          outcome.failure == Outcome::Failure::broken || outcome.failure == Outcome::Failure::connection;
      const int status = outcome.response.status;
      const bool busy = !outcome.error && (status == 429 || status == 502 || status == 503 || status == 504);
      if ((broken || busy) && attempt < max_tries) {
        wait(pause * (1 << attempt));
        continue;
      }
      if (outcome.error) std::rethrow_exception(outcome.error);
      if (!outcome.response.is_redirect() || !follow(outcome.response)) return std::move(outcome.response);
      attempt = 0;
    }
  }

 private:
  Outcome send() {
    Request request;
    request.method = method_;
    request.url = where_;
    if (where_.origin == file_.url.origin) request.headers = file_.headers;
    request.headers.push_back({"Accept-Encoding", "identity"});
    request.tls = read_certificates(host_and_port(where_.origin));
    if (from_public_ && !behind_proxy()) request.peers = Peers::not_private;
    if (sink_ != nullptr) {
      request.on_head = [&](const Response& response) {
        if (response.status == 200) sink_->begin(response);
      };
      request.sink = [&](std::span<const std::byte> bytes) {
        sink_->take(bytes);
        return Flow::taken;
      };
    }
    std::optional<Outcome> outcome;
    (void)http_.start(std::move(request), [&](Outcome got) { outcome = std::move(got); });
    http_.run_until([&] {
      if (file_.check) file_.check();
      return outcome.has_value();
    });
    return std::move(*outcome);
  }

  void wait(std::chrono::milliseconds delay) {
    bool over = false;
    http_.after(delay, [&over] { over = true; });
    http_.run_until([&over] { return over; });
  }

  bool follow(const Response& response) {
    const auto location = response.headers.find("Location");
    if (!location) return false;
    const auto target = resolve_url(where_, *location);
    if (!target)
      throw Error(cat(where_.origin.str(), " redirects to ", quote(*location), ", which is no http URL"));
    if (where_.origin.scheme == "https" && target->origin.scheme != "https") {
      throw Error(cat("refusing the redirect from ", where_.origin.str(), " to ", quote(target->origin.str()),
                      ": https to http"));
    }
    if (++hops_ > max_redirects) throw Error(cat(where_.origin.str(), " redirects too often"));
    if (!response.private_peer) from_public_ = true;
    where_ = *target;
    return true;
  }

  Http& http_;
  const WebFile& file_;
  std::string method_;
  const WebFileSink* sink_;
  Url where_;
  int hops_ = 0;
  bool from_public_ = false;
};

}  // namespace

Response ask_for_web_file(Http& http, const WebFile& file) {
  return Exchange(http, file, "HEAD", nullptr).run();
}

Response get_web_file(Http& http, const WebFile& file, const WebFileSink& sink) {
  return Exchange(http, file, "GET", &sink).run();
}

}  // namespace husk::registry
