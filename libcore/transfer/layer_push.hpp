#pragma once

#include "libcore/archive/stream.hpp"
#include "libcore/registry/client.hpp"
#include "libcore/store/lease.hpp"

#include <functional>
#include <memory>
#include <optional>

namespace husk::transfer {

/// One layer on its way to a registry: asked for, mounted from another repository, sent from its blob, or,
/// where there is no blob yet, packed and compressed by a child process and sent while the blob grows in the
/// store. So a layer is compressed once.
class LayerPush {
 public:
  struct Job {
    oci::Digest diff_id;
    std::optional<oci::Descriptor> blob;  // compressed, in the store
    archive::Compression compression = archive::Compression::gzip;
  };
  LayerPush(registry::Http& http, registry::Client& client, const store::Lease& lease, Job job);
  LayerPush(const LayerPush&) = delete;
  ~LayerPush();

  enum class Way : std::uint8_t { there, mounted, sent };
  struct Result {
    oci::Descriptor blob;
    Way way;
  };
  /// SENT is told of bytes that go out; DONE gets the result or an error. Both from the event loop.
  void start(std::function<void(std::uint64_t)> sent,
             std::function<void(std::optional<Result>, std::exception_ptr)> done);

 private:
  struct Packing;
  void ask();
  void send_blob();
  void send_stream();
  std::optional<std::size_t> read_packed(std::span<std::byte> buffer);
  oci::Descriptor finish_packing();
  void stream_ended(std::exception_ptr error);
  void finish(Way way);
  void fail(std::exception_ptr error);

  registry::Http& http_;
  registry::Client& client_;
  const store::Lease& lease_;
  Job job_;
  std::unique_ptr<Packing> packing_;
  Fd file_;
  std::shared_ptr<registry::Client::Upload> upload_;
  std::function<void(std::uint64_t)> sent_;
  std::function<void(std::optional<Result>, std::exception_ptr)> done_;
};

}  // namespace husk::transfer
