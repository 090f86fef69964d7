#pragma once

#include "libcore/base/fd.hpp"
#include "libcore/registry/client.hpp"
#include "libcore/transfer/image_source.hpp"
#include "libcore/transfer/layer_push.hpp"
#include "libcore/transfer/progress.hpp"

#include <vector>

namespace husk::transfer {

/// Where images go, piece by piece: each document names what was put there before it. All is in the store.
class ImageSink {
 public:
  virtual ~ImageSink() = default;

  virtual bool has_blob(const oci::Digest& digest) = 0;
  /// The blobs that the layers are there, in the order of the jobs; compressed if they never were.
  virtual std::vector<oci::Descriptor> put_layers(const std::vector<LayerPush::Job>& jobs) = 0;
  virtual void put_blob(const oci::Descriptor& blob) = 0;
  /// A manifest under its digest only: what an index names.
  virtual void put_document(const oci::Verified& document) = 0;
  /// A manifest or index, and from then on the sink's name means it.
  virtual void put_named(const oci::Verified& document) = 0;
};

/// A repository at a registry, and a tag in it.
class RegistrySink : public ImageSink {
 public:
  RegistrySink(registry::Http& http, registry::PullSource place, const registry::ClientOptions& options,
               const store::Lease& lease, const Progress& progress);
  bool has_blob(const oci::Digest& digest) override;
  std::vector<oci::Descriptor> put_layers(const std::vector<LayerPush::Job>& jobs) override;
  void put_blob(const oci::Descriptor& blob) override;
  void put_document(const oci::Verified& document) override;
  void put_named(const oci::Verified& document) override;

  /// What the tag means, as far as the registry says so.
  std::optional<oci::Digest> find() { return client_.find_manifest(); }

 private:
  registry::Http& http_;
  registry::Client client_;
  const store::Lease& lease_;
  const Progress& progress_;
};

/// An image layout, which is made if it is not there, and a tag in its index.json.
class LayoutSink : public ImageSink {
 public:
  LayoutSink(const LayoutName& name, const store::Lease& lease, const Progress& progress);
  bool has_blob(const oci::Digest& digest) override;
  std::vector<oci::Descriptor> put_layers(const std::vector<LayerPush::Job>& jobs) override;
  void put_blob(const oci::Descriptor& blob) override;
  void put_document(const oci::Verified& document) override;
  void put_named(const oci::Verified& document) override;

 private:
  std::string tag_;
  const store::Lease& lease_;
  const Progress& progress_;
  Fd directory_, blobs_;
  bool is_new_ = false;
};

}  // namespace husk::transfer
