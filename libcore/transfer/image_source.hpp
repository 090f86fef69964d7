#pragma once

#include "libcore/base/fd.hpp"
#include "libcore/oci/manifest.hpp"
#include "libcore/registry/client.hpp"

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace husk::transfer {

/// Where an image comes from. All but the first are named by a digest, and what is read has it.
class ImageSource {
 public:
  virtual ~ImageSource() = default;

  /// The manifest or index that the name means.
  virtual oci::Verified root() = 0;
  virtual oci::Verified document(const oci::Descriptor& descriptor) = 0;
  virtual oci::Verified config(const oci::Descriptor& descriptor) = 0;

  using Sink = std::function<registry::Flow(std::span<const std::byte>)>;
  /// Gives a blob to SINK while the event loop runs, and tells FINISHED; the receiver checks the digest.
  virtual void start_blob(const oci::Descriptor& blob, Sink sink, registry::Finished finished) = 0;
  /// The sink said "wait" and can go on.
  virtual void resume(const oci::Digest& blob) = 0;
};

/// A repository at a registry.
class RegistrySource : public ImageSource {
 public:
  RegistrySource(registry::Http& http, registry::PullSource place, const registry::ClientOptions& options);
  oci::Verified root() override;
  oci::Verified document(const oci::Descriptor& descriptor) override;
  oci::Verified config(const oci::Descriptor& descriptor) override;
  void start_blob(const oci::Descriptor& blob, Sink sink, registry::Finished finished) override;
  void resume(const oci::Digest& blob) override;

 private:
  registry::Client client_;
  std::map<oci::Digest, std::shared_ptr<registry::Client::Download>> downloads_;
};

/// "oci:DIRECTORY[:TAG]".
struct LayoutName {
  std::filesystem::path directory;
  std::string tag;  // may be empty
};
/// Nothing for text that does not begin with "oci:".
std::optional<LayoutName> parse_layout_name(std::string_view text);

/// A directory as in the OCI image-spec, image-layout.md. No symbolic link in it is followed.
class LayoutSource : public ImageSource {
 public:
  LayoutSource(registry::Http& http, LayoutName name);
  oci::Verified root() override;
  oci::Verified document(const oci::Descriptor& descriptor) override;
  oci::Verified config(const oci::Descriptor& descriptor) override;
  void start_blob(const oci::Descriptor& blob, Sink sink, registry::Finished finished) override;
  void resume(const oci::Digest& blob) override;

 private:
  struct Reading;
  std::string read(const std::string& path, std::size_t limit) const;
  void pump(const std::shared_ptr<Reading>& reading);

  registry::Http& http_;
  LayoutName name_;
  Fd directory_;
  std::map<oci::Digest, std::shared_ptr<Reading>> readings_;
};

}  // namespace husk::transfer
