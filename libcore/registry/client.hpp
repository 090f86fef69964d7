#pragma once

#include "libcore/oci/manifest.hpp"
#include "libcore/oci/reference.hpp"
#include "libcore/registry/registries_conf.hpp"
#include "libcore/registry/session.hpp"

#include <exception>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace husk::registry {

enum class Access : std::uint8_t { pull, push };

struct ClientOptions {
  Access access = Access::pull;
  Security security = Security::strict;         // of --tls-verify; registries.conf may say insecure, too
  std::optional<Credentials> credentials = {};  // of --creds
  std::optional<std::filesystem::path> authfile = {};
  std::vector<std::string> mount_from = {};  // repositories from which blobs may be mounted
};

/// Called when something is over: with an error, or null.
using Finished = std::function<void(std::exception_ptr)>;

/// One repository of one registry: OCI distribution-spec. Functions that start something return at once and
/// report from Http::run_until(); the others wait. Messages name the place.
class Client {
 public:
  Client(Http& http, PullSource place, const ClientOptions& options);

  const oci::Reference& reference() const noexcept { return place_.reference; }

  /// What the reference names. With a digest in it, the bytes have that digest.
  oci::Verified get_manifest();
  oci::Verified get_document(const oci::Descriptor& manifest);  // an entry of an index
  oci::Verified get_config(const oci::Descriptor& config);

  /// The digest that the tag has at the registry, as far as it says so.
  std::optional<oci::Digest> find_manifest();
  void put_manifest(const oci::Verified& manifest);
  /// Under its digest only: what an index names.
  void put_document(const oci::Verified& manifest);

  /// A blob on its way. SINK gets each byte once and in order, also when the connection broke in between; it
  /// checks the digest.
  class Download;
  using Sink = std::function<Flow(std::span<const std::byte>)>;
  std::shared_ptr<Download> start_download(const oci::Descriptor& blob, Sink sink, Finished finished);
  void resume(const std::shared_ptr<Download>& download);

  void start_find_blob(const oci::Digest& digest, std::function<void(bool there, std::exception_ptr)> found);

  /// A blob that is sent. READ as Request::source; REWIND goes back to the first byte, none: that is
  /// impossible.
  struct Body {
    std::function<std::optional<std::size_t>(std::span<std::byte>)> read;
    std::function<void()> rewind = {};
  };
  class Upload;
  /// Tries to mount it from the repositories of ClientOptions::mount_from first.
  std::shared_ptr<Upload> start_upload(const oci::Descriptor& blob, Body body, Finished finished);
  /// For a blob whose digest is known when all of it was read: DIGEST is called then.
  std::shared_ptr<Upload> start_stream(Body body, std::function<oci::Digest()> digest, Finished finished);
  void resume(const std::shared_ptr<Upload>& upload);

 private:
  oci::Verified fetch(const std::string& path, const std::string& accept, std::size_t limit,
                      const std::function<oci::Verified(Response&)>& check);
  void put_under(const std::string& name, const oci::Verified& manifest);
  std::string path_of(const std::string& kind, const std::string& name) const;
  void begin(const std::shared_ptr<Upload>& upload);
  void put(const std::shared_ptr<Upload>& upload, const Url& location);
  void patch(const std::shared_ptr<Upload>& upload, const Url& location);
  void close(const std::shared_ptr<Upload>& upload, const Url& location);

  PullSource place_;
  std::vector<std::string> mount_from_;
  Session session_;
};

/// Whether a blob came by a mount and no byte was sent.
bool was_mounted(const Client::Upload& upload);

/// The certificates of ~/.config/containers/certs.d/HOST[:PORT]/ or /etc/containers/certs.d,
/// /etc/docker/certs.d:
/// *.crt is an authority, *.cert and *.key are ours.
Tls read_certificates(const std::string& registry);

}  // namespace husk::registry
