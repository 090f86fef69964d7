#include "libcore/registry/client.hpp"

#include "libcore/base/error.hpp"
#include "libcore/registry/header_text.hpp"

namespace husk::registry {
namespace {

constexpr std::size_t max_config_size = 4 << 20;

Session::Options session_options(const PullSource& place, const ClientOptions& options) {
  const oci::Reference& reference = place.reference;
  std::vector<std::string> scopes = {
      cat("repository:", reference.repository, options.access == Access::push ? ":pull,push" : ":pull")};
  for (const std::string& each : options.mount_from) scopes.push_back(cat("repository:", each, ":pull"));
  const bool insecure = place.insecure || options.security == Security::insecure;
  return {reference.registry, std::move(scopes), insecure ? Security::insecure : Security::strict,
          read_certificates(reference.registry),
          [given = options.credentials, authfile = options.authfile,
           name = cat(reference.registry, "/", reference.repository)]() -> std::optional<Credentials> {
            if (given) return given;
            return find_credentials(credential_files(authfile), name, ask_helper);
          }};
}

std::string accepted_manifests() {
  using namespace oci::media_type;
  return cat(manifest, ", ", index, ", ", docker_manifest, ", ", docker_index);
}

std::string tag_or_digest(const oci::Reference& reference) {
  return reference.digest ? reference.digest->str() : reference.tag;
}

/// What the registry says that the digest of the manifest is; nothing relies on it.
std::optional<oci::Digest> announced_digest(const Response& response) {
  const auto header = response.headers.find("Docker-Content-Digest");
  return header ? oci::Digest::parse(*header) : std::nullopt;
}

/// A registry that announces one manifest and sends another is broken or lies: neither is taken.
void check_announced(const Response& response, const oci::Digest& digest) {
  const auto announced = announced_digest(response);
  if (announced && *announced != digest)
    throw Error(cat("manifest has digest ", digest.str(), " instead of ", announced->str(), " as announced"));
}

}  // namespace

Client::Client(Http& http, PullSource place, const ClientOptions& options)
    : place_(std::move(place)),
      mount_from_(options.mount_from),
      session_(http, session_options(place_, options)) {}

std::string Client::path_of(const std::string& kind, const std::string& name) const {
  return cat("/v2/", place_.reference.repository, "/", kind, "/", name);
}

oci::Verified Client::fetch(const std::string& path, const std::string& accept, std::size_t limit,
                            const std::function<oci::Verified(Response&)>& check) {
  return in_context([&] { return cat("get ", place_.reference.familiar()); },
                    [&] {
                      Call call{.request = {.url = session_.url(path), .max_body = limit}};
                      call.request.headers = {{"Accept", accept}, {"Accept-Encoding", "identity"}};
                      Response response = session_.perform(std::move(call));
                      if (response.status != 200) throw_status(response, place_.reference.registry);
                      return check(response);
                    });
}

oci::Verified Client::get_manifest() {
  const auto& reference = place_.reference;
  return fetch(
      path_of("manifests", tag_or_digest(reference)), accepted_manifests(), oci::max_manifest_size,
      [&](Response& response) {
        std::string type = media_type_of(response.headers.find("Content-Type").value_or(""));
        if (!reference.digest) {
          auto manifest = oci::Verified::name(std::move(response.body), std::move(type));
          check_announced(response, manifest.descriptor().digest);
          return manifest;
        }
        const std::uint64_t size = response.body.size();
        return oci::Verified::check(std::move(response.body), {std::move(type), *reference.digest, size});
      });
}

oci::Verified Client::get_document(const oci::Descriptor& manifest) {
  if (manifest.size > oci::max_manifest_size)
    throw Error(cat("manifest of ", manifest.size, " bytes is too large"));
  return fetch(path_of("manifests", manifest.digest.str()), accepted_manifests(), manifest.size,
               [&](Response& response) { return oci::Verified::check(std::move(response.body), manifest); });
}

oci::Verified Client::get_config(const oci::Descriptor& config) {
  if (config.size > max_config_size)
    throw Error(cat("configuration of ", config.size, " bytes is too large"));
  return fetch(path_of("blobs", config.digest.str()), "*/*", config.size,
               [&](Response& response) { return oci::Verified::check(std::move(response.body), config); });
}

std::optional<oci::Digest> Client::find_manifest() {
  Call call{.request = {.method = "HEAD",
                        .url = session_.url(path_of("manifests", tag_or_digest(place_.reference)))}};
  call.request.headers = {{"Accept", accepted_manifests()}};
  const Response response = session_.perform(std::move(call));
  return response.status == 200 ? announced_digest(response) : std::nullopt;
}

void Client::put_manifest(const oci::Verified& manifest) {
  put_under(tag_or_digest(place_.reference), manifest);
}

void Client::put_document(const oci::Verified& manifest) {
  put_under(manifest.descriptor().digest.str(), manifest);
}

void Client::put_under(const std::string& name, const oci::Verified& manifest) {
  Call call{.request = {.method = "PUT", .url = session_.url(path_of("manifests", name))}};
  call.request.headers = {{"Content-Type", manifest.descriptor().media_type}};
  call.request.body = manifest.bytes();
  const Response response = session_.perform(std::move(call));
  if (response.status != 201) throw_status(response, cat("push manifest to ", place_.reference.familiar()));
}

class Client::Download {
 public:
  Session::Handle handle;
  oci::Descriptor blob;
  Sink sink;
  Finished finished;
  std::uint64_t taken = 0;  // bytes that the sink has
  std::uint64_t skip = 0;   // bytes of this reply that the sink has already

  /// A reply to a Range is used only if it is exactly the range; all of the blob is fine, too.
  void check_head(const Response& response) {
    skip = taken;
    if (response.status != 206) return;
    const auto range = parse_content_range(response.headers.find("Content-Range").value_or(""));
    if (!range || range->first != taken || range->last + 1 != blob.size ||
        range->size.value_or(blob.size) != blob.size) {
      throw Error("the reply is not the range that was asked for");
    }
    skip = 0;
  }

  Flow take(std::span<const std::byte> bytes) {
    const auto known = std::min<std::uint64_t>(skip, bytes.size());
    const auto fresh = bytes.subspan(static_cast<std::size_t>(known));
    if (taken + fresh.size() > blob.size)
      throw Error(cat("blob is larger than the ", blob.size, " bytes announced"));
    if (!fresh.empty() && sink(fresh) == Flow::wait) return Flow::wait;
    skip -= known;
    taken += fresh.size();
    return Flow::taken;
  }
};

std::shared_ptr<Client::Download> Client::start_download(const oci::Descriptor& blob, Sink sink,
                                                         Finished finished) {
  auto download = std::make_shared<Download>(Download{{}, blob, std::move(sink), std::move(finished)});
  Call call{.request = {.url = session_.url(path_of("blobs", blob.digest.str()))}};
  call.request.headers = {{"Accept-Encoding", "identity"}};
  call.request.on_head = [download](const Response& response) { download->check_head(response); };
  call.request.sink = [download](std::span<const std::byte> bytes) { return download->take(bytes); };
  call.prepare = [download](Request& request) {
    if (download->taken > 0) request.headers.push_back({"Range", cat("bytes=", download->taken, "-")});
  };
  const auto finish = [this, download](const Outcome& outcome) {
    std::exception_ptr error = outcome.error;
    try {
      if (!error && outcome.response.status != 200 && outcome.response.status != 206) {
        throw_status(outcome.response, cat("get blob ", download->blob.digest.str()));
      }
      if (!error && download->taken != download->blob.size) {
        throw Error(cat("blob ", download->blob.digest.str(), " ended after ", download->taken, " of ",
                        download->blob.size, " bytes"));
      }
    } catch (...) {
      error = std::current_exception();
    }
    download->finished(error);
  };
  download->handle = session_.start(std::move(call), finish);
  return download;
}

void Client::resume(const std::shared_ptr<Download>& download) { session_.resume(download->handle); }

void Client::start_find_blob(const oci::Digest& digest, std::function<void(bool, std::exception_ptr)> found) {
  Call call{.request = {.method = "HEAD", .url = session_.url(path_of("blobs", digest.str()))}};
  session_.start(std::move(call), [found = std::move(found)](const Outcome& outcome) {
    found(!outcome.error && outcome.response.status == 200, outcome.error);
  });
}

}  // namespace husk::registry
