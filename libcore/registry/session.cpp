#include "libcore/registry/session.hpp"

#include "libcore/base/environment.hpp"
#include "libcore/base/error.hpp"
#include "libcore/registry/base64.hpp"
#include "libcore/registry/header_text.hpp"
#include "libcore/registry/token.hpp"

#include <algorithm>

namespace husk::registry {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int max_attempts = 5;
constexpr int max_attempts_ever = 100;
constexpr std::uint64_t progress = 1 << 20;  // bytes that make an attempt worth another one
constexpr auto longest_wait = seconds(60);

std::string host_of(const std::string& registry) {
  return registry == "docker.io" ? "registry-1.docker.io" : registry;
}

}  // namespace

bool behind_proxy() {
  for (const char* name : {"https_proxy", "HTTPS_PROXY", "http_proxy", "all_proxy", "ALL_PROXY"}) {
    if (find_environment(name)) return true;
  }
  return false;
}

struct Session::Exchange {
  Call call;
  Done done;
  Url where;
  std::optional<std::pair<Origin, std::string>> authorization;  // of a token server; not the session's
  std::string sent_authorization;
  Http::Id id = 0;
  int hops = 0;
  int attempts = 0;
  int attempts_ever = 0;
  bool challenged = false;
  bool token_request = false;
};

Session::Session(Http& http, Options options) : http_(http), options_(std::move(options)) {
  if (options_.security == Security::insecure) options_.tls.verify = Tls::Verify::no;
}

void Session::find_origin() {
  const auto parse = [&](const std::string& scheme) {
    const auto url = parse_url(cat(scheme, "://", host_of(options_.registry), "/v2/"));
    if (!url) throw Error(cat("registry ", quote(options_.registry), " has no usable name"));
    return *url;
  };
  const Url secure = parse("https");
  origin_ = secure.origin;
  if (options_.security == Security::strict) return;
  std::optional<Outcome> outcome;
  Request request{.url = secure, .tls = options_.tls};
  http_.start(std::move(request), [&](Outcome result) { outcome = std::move(result); });
  http_.run_until([&] { return outcome.has_value(); });
  using enum Outcome::Failure;
  if (outcome->failure == tls || outcome->failure == connection || outcome->failure == broken) {
    origin_ = parse("http").origin;
  }
}

Url Session::url(const std::string& path) {
  if (!origin_) find_origin();
  const auto url = parse_url(cat(origin_->scheme, "://", origin_->host, ":", origin_->port, path));
  if (!url) throw Error(cat("registry ", quote(options_.registry), " has no usable name"));
  return *url;
}

Session::Handle Session::start(Call call, Done done) {
  auto exchange = std::make_shared<Exchange>();
  exchange->where = call.request.url;
  exchange->call = std::move(call);
  exchange->done = std::move(done);
  send(exchange);
  return exchange;
}

void Session::resume(const Handle& handle) {
  if (const auto exchange = handle.lock()) http_.resume(exchange->id);
}

Response Session::perform(Call call) {
  std::optional<Outcome> outcome;
  start(std::move(call), [&](Outcome result) { outcome = std::move(result); });
  http_.run_until([&] { return outcome.has_value(); });
  if (outcome->error) std::rethrow_exception(outcome->error);
  return std::move(outcome->response);
}

void Session::send(const Held& exchange) {
  Request request = exchange->call.request;
  request.url = exchange->where;
  if (exchange->call.prepare) exchange->call.prepare(request);
  request.tls = options_.tls;
  const bool own = exchange->where.origin == origin_;
  // A client certificate and a private authority belong to the registry, too.
  if (!own) request.tls = Tls{.verify = options_.tls.verify, .ca_file = options_.tls.ca_file};
  if (!own && !registry_is_private_ && !behind_proxy()) request.peers = Peers::not_private;

  exchange->sent_authorization.clear();
  if (exchange->authorization && exchange->authorization->first == exchange->where.origin) {
    exchange->sent_authorization = exchange->authorization->second;
  } else if (own && !exchange->token_request) {
    exchange->sent_authorization = authorization_;
  }
  if (!exchange->sent_authorization.empty()) {
    request.headers.push_back({"Authorization", exchange->sent_authorization});
  }
  exchange->id = http_.start(std::move(request),
                             [this, exchange](Outcome outcome) { take(exchange, std::move(outcome)); });
}

void Session::take(const Held& exchange, Outcome outcome) {
  try {
    if (!outcome.error && outcome.response.url.origin == origin_) {
      registry_is_private_ = outcome.response.private_peer;
    }
    if (try_again(exchange, outcome)) return;
    if (!outcome.error) {
      const Response& response = outcome.response;
      if (response.is_redirect() && follow(exchange, response)) return;
      if (response.status == 401 && authenticate(exchange, response)) return send(exchange);
    }
  } catch (...) {
    outcome.error = std::current_exception();
    outcome.failure = Outcome::Failure::final;
  }
  exchange->done(std::move(outcome));
}

bool Session::try_again(const Held& exchange, const Outcome& outcome) {
  using enum Outcome::Failure;
  const int status = outcome.response.status;
  const bool busy =
      !outcome.error && (status == 429 || status == 500 || status == 502 || status == 503 || status == 504);
  const bool broken_off = outcome.failure == broken || outcome.failure == connection;
  if (!busy && !broken_off) return false;
  if (exchange->call.replay == Replay::no) return false;
  if (outcome.received >= progress) exchange->attempts = 0;
  // A host that can't be reached at the first try is, as a rule, misspelt: once more is enough.
  const int most = outcome.failure == connection ? 2 : max_attempts;
  if (++exchange->attempts >= most || ++exchange->attempts_ever >= max_attempts_ever) return false;

  milliseconds delay = milliseconds(100) * (1 << exchange->attempts);
  if (const auto asked = outcome.response.headers.find("Retry-After"); busy && asked) {
    const auto wait = parse_retry_after(*asked, seconds(now().seconds));
    if (wait && *wait > longest_wait) {
      throw Error(
          cat(exchange->where.origin.str(), " is busy and asks to come back in ", wait->count(), " seconds"));
    }
    if (wait) delay = std::max<milliseconds>(delay, *wait);
  }
  http_.after(delay, [this, exchange] { send(exchange); });
  return true;
}

bool Session::follow(const Held& exchange, const Response& response) {
  const auto location = response.headers.find("Location");
  if (!location) return false;
  const std::string& method = exchange->call.request.method;
  const bool reads = method == "GET" || method == "HEAD";
  const bool keeps_method = response.status == 307 || response.status == 308;
  if (!reads && (!keeps_method || exchange->call.replay == Replay::no)) return false;
  const auto target = resolve_url(exchange->where, *location);
  if (!target)
    throw Error(
        cat(exchange->where.origin.str(), " redirects to ", quote(*location), ", which is no http URL"));
  if (exchange->where.origin.scheme == "https" && target->origin.scheme != "https") {
    throw Error(cat("refusing the redirect from ", exchange->where.origin.str(), " to ",
                    quote(target->origin.str()), ": https to http"));
  }
  if (++exchange->hops > max_redirects)
    throw Error(cat(exchange->where.origin.str(), " redirects too often"));
  exchange->where = *target;
  send(exchange);
  return true;
}

const std::optional<Credentials>& Session::credentials() {
  if (!asked_credentials_ && options_.credentials) credentials_ = options_.credentials();
  asked_credentials_ = true;
  return credentials_;
}

bool Session::authenticate(const Held& exchange, const Response& response) {
  if (exchange->token_request || exchange->where.origin != origin_ || exchange->challenged) return false;
  exchange->challenged = true;
  // Another request of ours was asked for it at the same time and has got it meanwhile.
  if (exchange->sent_authorization != authorization_) return true;

  const auto challenges = parse_challenges(response.headers.find_all("WWW-Authenticate"));
  const auto find = [&](const char* scheme) {
    return std::ranges::find_if(challenges, [&](const Challenge& each) { return each.scheme == scheme; });
  };
  if (const auto bearer = find("bearer"); bearer != challenges.end()) {
    const auto param = [&](const char* name) {
      const auto found = bearer->params.find(name);
      return found == bearer->params.end() ? std::string{} : found->second;
    };
    const auto realm = resolve_url(exchange->where, param("realm"));
    if (param("realm").empty() || !realm) {
      throw Error(cat(origin_->str(), " names no usable token server: ", quote(param("realm"))));
    }
    authorization_ = "Bearer " + fetch_token(*realm, param("service"), options_.scopes);
    return true;
  }
  if (find("basic") == challenges.end() || !credentials() || credentials()->user.empty()) return false;
  authorization_ = "Basic " + encode_base64(cat(credentials()->user, ":", credentials()->password));
  return true;
}

std::string Session::fetch_token(const Url& realm, const std::string& service,
                                 const std::vector<std::string>& scopes) {
  const RealmTrust trust = judge_realm(*origin_, realm);
  auto exchange = std::make_shared<Exchange>();
  exchange->token_request = true;
  Request& request = exchange->call.request;
  const auto address = parse_url(token_url(realm, service, scopes));
  request.url = address ? *address : realm;
  if (credentials() && trust == RealmTrust::anonymous) {
    Error error(cat("refusing to send the credentials for ", quote(origin_->str()), " to ",
                    quote(realm.origin.str())));
    error.set_hint("the registry names a token server that does not belong to it");
    throw error;
  }
  if (credentials() && !credentials()->identity_token.empty()) {
    request.method = "POST";
    request.url = realm;
    request.headers.push_back({"Content-Type", "application/x-www-form-urlencoded"});
    request.body = cat("grant_type=refresh_token&client_id=husk&service=", encode_query(service),
                       "&refresh_token=", encode_query(credentials()->identity_token));
    for (const std::string& scope : scopes) request.body += "&scope=" + encode_query(scope);
  } else if (credentials()) {
    exchange->authorization = {
        realm.origin, "Basic " + encode_base64(cat(credentials()->user, ":", credentials()->password))};
  }
  std::optional<Outcome> outcome;
  exchange->where = request.url;
  exchange->done = [&](Outcome result) { outcome = std::move(result); };
  send(exchange);
  http_.run_until([&] { return outcome.has_value(); });
  if (outcome->error) std::rethrow_exception(outcome->error);
  if (outcome->response.status != 200)
    throw_status(outcome->response, cat("token from ", realm.origin.str()));
  return parse_token(outcome->response.body, now()).text;
}

}  // namespace husk::registry
