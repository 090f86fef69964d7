#include "libcore/registry/http.hpp"

#include "libcore/base/end_request.hpp"
#include "libcore/base/error.hpp"
#include "libcore/registry/address.hpp"
#include "libcore/registry/curl_library.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <map>
#include <new>
#include <utility>

namespace husk::registry {
namespace {

using Clock = std::chrono::steady_clock;

constexpr long connect_timeout = 30;   // seconds
constexpr long stalled_timeout = 60;   // seconds below one byte a second
constexpr long parallel_requests = 6;  // to one host
constexpr long buffer_size = 512 << 10;
constexpr std::size_t max_head_size = 256 << 10;

bool same_name(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

struct FreeEasy {
  void operator()(CURL* easy) const noexcept { curl().easy_cleanup(easy); }
};
struct FreeMulti {
  void operator()(CURLM* multi) const noexcept { curl().multi_cleanup(multi); }
};
struct FreeList {
  void operator()(curl_slist* list) const noexcept { curl().slist_free_all(list); }
};

template <class Value>
void set(CURL* easy, CURLoption option, Value value) {
  if (const CURLcode code = curl().easy_setopt(easy, option, value); code != CURLE_OK) {
    throw Error(cat("set up a request: ", curl().easy_strerror(code)));
  }
}

Outcome::Failure kind_of(CURLcode code) {
  switch (static_cast<int>(code)) {
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM: return Outcome::Failure::tls;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT: return Outcome::Failure::connection;
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_UPLOAD_FAILED: return Outcome::Failure::broken;
    default: return Outcome::Failure::final;
  }
}

}  // namespace

void Headers::add(std::string name, std::string value) {
  all_.push_back({std::move(name), std::move(value)});
}

std::optional<std::string> Headers::find(std::string_view name) const {
  for (const Header& each : all_) {
    if (same_name(each.name, name)) return each.value;
  }
  return std::nullopt;
}

std::vector<std::string> Headers::find_all(std::string_view name) const {
  std::vector<std::string> values;
  for (const Header& each : all_) {
    if (same_name(each.name, name)) values.push_back(each.value);
  }
  return values;
}

/// A request under way. curl calls its static functions; what they throw is kept and ends the request.
struct Http::Transfer {
  Id id = 0;
  Request request;
  Response response;
  Done done;
  std::unique_ptr<CURL, FreeEasy> easy;
  std::unique_ptr<curl_slist, FreeList> headers;
  std::array<char, CURL_ERROR_SIZE> message = {};
  std::exception_ptr error;
  std::size_t head_size = 0;
  std::uint64_t received = 0;
  bool head_done = false;
  bool refused_peer = false;

  template <class Result, class Body>
  Result guarded(Result failed, Body&& body) noexcept {
    try {
      return body();
    } catch (...) {
      error = std::current_exception();
      return failed;
    }
  }

  void take_line(std::string_view line) {
    head_size += line.size();
    if (head_size > max_head_size) throw Error("reply: headers are larger than 256 KiB");
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
    if (line.starts_with("HTTP/")) response.headers.clear();  // after "100 Continue"
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return;
    std::string_view value = line.substr(colon + 1);
    while (!value.empty() && (value.front() == ' ' || value.front() == '\t')) value.remove_prefix(1);
    while (!value.empty() && (value.back() == ' ' || value.back() == '\t')) value.remove_suffix(1);
    response.headers.add(std::string(line.substr(0, colon)), std::string(value));
  }

  void finish_head() {
    if (std::exchange(head_done, true)) return;
    long status = 0;
    (void)curl().easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
    response.status = static_cast<int>(status);
    const char* address = nullptr;
    (void)curl().easy_getinfo(easy.get(), CURLINFO_PRIMARY_IP, &address);
    response.private_peer = address != nullptr && is_private_address(std::string_view(address));
    if (wanted() && request.on_head) request.on_head(response);
  }

  bool wanted() const { return response.status == 200 || response.status == 206; }

  std::size_t take_body(std::span<const std::byte> bytes) {
    finish_head();
    if (wanted() && request.sink) {
      if (request.sink(bytes) == Flow::wait) return CURL_WRITEFUNC_PAUSE;
      received += bytes.size();
      return bytes.size();
    }
    received += bytes.size();
    if (received > request.max_body) throw Error(cat("reply is larger than ", request.max_body, " bytes"));
    response.body.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return bytes.size();
  }

  static std::size_t on_header(char* data, std::size_t, std::size_t size, void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    return transfer.guarded<std::size_t>(0, [&] {
      transfer.take_line({data, size});
      return size;
    });
  }

  static std::size_t on_body(char* data, std::size_t, std::size_t size, void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    return transfer.guarded<std::size_t>(CURL_WRITEFUNC_ERROR, [&] {
      return transfer.take_body(std::as_bytes(std::span<const char>(data, size)));
    });
  }

  static std::size_t on_send(char* data, std::size_t, std::size_t size, void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    return transfer.guarded<std::size_t>(CURL_READFUNC_ABORT, [&]() -> std::size_t {
      const auto filled = transfer.request.source(std::as_writable_bytes(std::span<char>(data, size)));
      return filled ? *filled : CURL_READFUNC_PAUSE;
    });
  }

  static curl_socket_t on_socket(void* self, curlsocktype, curl_sockaddr* address) {
    auto& transfer = *static_cast<Transfer*>(self);
    if (transfer.request.peers == Peers::not_private && is_private_address(address->addr)) {
      transfer.refused_peer = true;
      return CURL_SOCKET_BAD;
    }
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  }
};

struct Http::State {
  struct Timer {
    Clock::time_point due;
    std::function<void()> then;
  };
  struct Watch {
    short events;
    std::function<void()> then;
  };
  std::unique_ptr<CURLM, FreeMulti> multi{curl().multi_init()};
  std::map<Id, std::unique_ptr<Transfer>> transfers;
  std::vector<Timer> timers;
  std::map<int, Watch> watches;
  Id next = 1;
};

Http::Http() {
  if (curl().global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) throw Error("libcurl can't be initialised");
  state_ = std::make_unique<State>();
  if (state_->multi == nullptr) throw std::bad_alloc();
  (void)curl().multi_setopt(state_->multi.get(), CURLMOPT_MAX_HOST_CONNECTIONS, parallel_requests);
}

Http::~Http() {
  for (const auto& [id, transfer] : state_->transfers) {
    (void)curl().multi_remove_handle(state_->multi.get(), transfer->easy.get());
  }
}

namespace {

void set_tls(CURL* easy, const Tls& tls) {
  set(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (tls.verify == Tls::Verify::no) {
    set(easy, CURLOPT_SSL_VERIFYPEER, 0L);
    set(easy, CURLOPT_SSL_VERIFYHOST, 0L);
  }
  if (!tls.ca_file.empty()) set(easy, CURLOPT_CAINFO, tls.ca_file.c_str());
  if (!tls.client_certificate.empty()) set(easy, CURLOPT_SSLCERT, tls.client_certificate.c_str());
  if (!tls.client_key.empty()) set(easy, CURLOPT_SSLKEY, tls.client_key.c_str());
}

void set_rules(CURL* easy, const Url& url) {
  set(easy, CURLOPT_URL, url.text.c_str());
  set(easy, CURLOPT_PROTOCOLS_STR, url.origin.scheme.c_str());
  set(easy, CURLOPT_FOLLOWLOCATION, 0L);
  set(easy, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  set(easy, CURLOPT_NOSIGNAL, 1L);
  // A name is looked up in a thread; whoever pulls forks, and does so when all names are known.
  set(easy, CURLOPT_DNS_CACHE_TIMEOUT, -1L);
  // One connection a request: a layer whose unpacking is slow must not hold up those that share its
  // connection.
  set(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(easy, CURLOPT_CONNECTTIMEOUT, connect_timeout);
  set(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
  set(easy, CURLOPT_LOW_SPEED_TIME, stalled_timeout);
  set(easy, CURLOPT_BUFFERSIZE, buffer_size);
  set(easy, CURLOPT_UPLOAD_BUFFERSIZE, buffer_size);
}

void set_method(CURL* easy, const Request& request) {
  if (request.method == "HEAD") {
    set(easy, CURLOPT_NOBODY, 1L);
  } else if (request.source) {
    set(easy, CURLOPT_UPLOAD, 1L);
    const curl_off_t size = request.source_size ? static_cast<curl_off_t>(*request.source_size) : -1;
    set(easy, CURLOPT_INFILESIZE_LARGE, size);
  } else if (request.method != "GET") {
    set(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    set(easy, CURLOPT_POSTFIELDS, request.body.c_str());
  }
  if (request.method != "HEAD") set(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
}

}  // namespace

Http::Id Http::start(Request request, Done done) {
  auto transfer = std::make_unique<Transfer>();
  transfer->id = state_->next++;
  transfer->request = std::move(request);
  transfer->response.url = transfer->request.url;
  transfer->done = std::move(done);
  transfer->easy.reset(curl().easy_init());
  CURL* const easy = transfer->easy.get();
  if (easy == nullptr) throw std::bad_alloc();

  const auto add_header = [&](const std::string& line) {
    curl_slist* const longer = curl().slist_append(transfer->headers.get(), line.c_str());
    if (longer == nullptr) throw std::bad_alloc();
    (void)transfer->headers.release();
    transfer->headers.reset(longer);
  };
  for (const Header& each : transfer->request.headers) add_header(cat(each.name, ": ", each.value));
  add_header("Expect:");  // "100-continue" costs a second where a server does not know it

  set_rules(easy, transfer->request.url);
  set_tls(easy, transfer->request.tls);
  set_method(easy, transfer->request);
  set(easy, CURLOPT_USERAGENT, "husk/" HUSK_VERSION);
  set(easy, CURLOPT_HTTPHEADER, transfer->headers.get());
  set(easy, CURLOPT_ERRORBUFFER, transfer->message.data());
  set(easy, CURLOPT_PRIVATE, static_cast<void*>(transfer.get()));
  set(easy, CURLOPT_HEADERFUNCTION, &Transfer::on_header);
  set(easy, CURLOPT_HEADERDATA, static_cast<void*>(transfer.get()));
  set(easy, CURLOPT_WRITEFUNCTION, &Transfer::on_body);
  set(easy, CURLOPT_WRITEDATA, static_cast<void*>(transfer.get()));
  set(easy, CURLOPT_READFUNCTION, &Transfer::on_send);
  set(easy, CURLOPT_READDATA, static_cast<void*>(transfer.get()));
  set(easy, CURLOPT_OPENSOCKETFUNCTION, &Transfer::on_socket);
  set(easy, CURLOPT_OPENSOCKETDATA, static_cast<void*>(transfer.get()));

  if (curl().multi_add_handle(state_->multi.get(), easy) != CURLM_OK) throw std::bad_alloc();
  const Id id = transfer->id;
  state_->transfers.emplace(id, std::move(transfer));
  return id;
}

void Http::resume(Id id) {
  const auto found = state_->transfers.find(id);
  if (found != state_->transfers.end()) (void)curl().easy_pause(found->second->easy.get(), CURLPAUSE_CONT);
}

void Http::after(std::chrono::milliseconds delay, std::function<void()> then) {
  state_->timers.push_back({Clock::now() + delay, std::move(then)});
}

void Http::watch(int fd, short events, std::function<void()> then) {
  state_->watches[fd] = {events, std::move(then)};
}

void Http::unwatch(int fd) { state_->watches.erase(fd); }

void Http::run_until(const std::function<bool()>& done) {
  while (!done()) step();
}

void Http::step() {
  throw_if_asked_to_end();
  int running = 0;
  if (const CURLMcode code = curl().multi_perform(state_->multi.get(), &running); code != CURLM_OK) {
    throw Error(cat("libcurl: ", curl().multi_strerror(code)));
  }
  const bool finished = collect_finished();
  const bool fired = fire_timers();
  if (!finished && !fired) wait();
}

bool Http::collect_finished() {
  bool any = false;
  int left = 0;
  while (const CURLMsg* const message = curl().multi_info_read(state_->multi.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode code = message->data.result;
    void* self = nullptr;
    (void)curl().easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &self);
    const auto found = state_->transfers.find(static_cast<Transfer*>(self)->id);
    const std::unique_ptr<Transfer> transfer = std::move(found->second);
    state_->transfers.erase(found);
    (void)curl().multi_remove_handle(state_->multi.get(), transfer->easy.get());

    Outcome outcome;
    if (code == CURLE_OK) transfer->guarded(0, [&] { return transfer->finish_head(), 0; });
    if (transfer->error) {
      outcome.error = transfer->error;
      outcome.failure = Outcome::Failure::final;
    } else if (code != CURLE_OK) {
      const char* const why =
          transfer->message[0] != '\0' ? transfer->message.data() : curl().easy_strerror(code);
      const std::string text = transfer->refused_peer ? "it has a private address" : escape(why);
      outcome.failure = transfer->refused_peer ? Outcome::Failure::final : kind_of(code);
      Error error(cat(transfer->request.url.origin.str(), ": ", text));
      if (outcome.failure == Outcome::Failure::tls) {
        error.set_hint(
            "put its authority's certificate into ~/.config/containers/certs.d/HOST:PORT/ca.crt, or say "
            "--tls-verify=false");
      }
      outcome.error = std::make_exception_ptr(std::move(error));
    }
    outcome.received = transfer->received;
    outcome.response = std::move(transfer->response);
    any = true;
    transfer->done(std::move(outcome));
  }
  return any;
}

bool Http::fire_timers() {
  const auto due =
      std::ranges::find_if(state_->timers, [](const auto& each) { return each.due <= Clock::now(); });
  if (due == state_->timers.end()) return false;
  const auto then = std::move(due->then);
  state_->timers.erase(due);
  then();
  return true;
}

void Http::wait() {
  using std::chrono::milliseconds;
  if (state_->transfers.empty() && state_->timers.empty() && state_->watches.empty()) {
    throw Error("internal error: nothing left to wait for");
  }
  auto patience = milliseconds(1000);
  for (const auto& timer : state_->timers) {
    const auto left = std::chrono::duration_cast<milliseconds>(timer.due - Clock::now()) + milliseconds(1);
    patience = std::clamp(left, milliseconds(0), patience);
  }
  std::vector<curl_waitfd> fds;
  for (const auto& [fd, watch] : state_->watches) {
    const int events = ((watch.events & POLLIN) != 0 ? CURL_WAIT_POLLIN : 0) |
                       ((watch.events & POLLOUT) != 0 ? CURL_WAIT_POLLOUT : 0);
    fds.push_back({fd, static_cast<short>(events), 0});
  }
  (void)curl().multi_poll(state_->multi.get(), fds.data(), static_cast<unsigned>(fds.size()),
                        static_cast<int>(patience.count()), nullptr);
  // Asked again, for curl does not pass on POLLHUP.
  for (const curl_waitfd& each : fds) {
    const auto watch = state_->watches.find(each.fd);
    if (watch == state_->watches.end()) continue;
    pollfd ready = {each.fd, watch->second.events, 0};
    if (::poll(&ready, 1, 0) <= 0 || ready.revents == 0) continue;
    const auto then = watch->second.then;
    then();
  }
}

}  // namespace husk::registry
