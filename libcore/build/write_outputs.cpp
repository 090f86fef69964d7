#include "libcore/build/write_outputs.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/output_file.hpp"
#include "libcore/base/sys.hpp"
#include "libcore/build/root_output.hpp"
#include "libcore/transfer/push.hpp"
#include "libcore/transfer/save.hpp"

#include <algorithm>

namespace husk::build {
namespace {

using Kind = Output::Kind;

class Writer {
 public:
  Writer(const Session& session, const oci::ImageConfig& config, const store::Annotations& annotations)
      : session_(session), config_(config), result_{write_documents(annotations), session.options.tags} {}

  Result run() {
    const auto& outputs = session_.options.outputs;
    if (outputs.empty()) keep(session_.options.tags);
    for (const Output& output : outputs) {
      in_context([&] { return describe(output); }, [&] { write(output); });
      check_interrupted();
    }
    return std::move(result_);
  }

 private:
  store::Tag write_documents(const store::Annotations& annotations) const {
    sys::reached("build.write_image");
    return store::write_documents(session_.lease, config_, annotations);
  }

  static std::string describe(const Output& output) {
    return output.kind == Kind::image ? "image" : cat("write ", quote(output.destination));
  }

  void write(const Output& output) {
    switch (output.kind) {
      case Kind::directory: return write_root_directory(session_, config_, output.destination);
      case Kind::tar: {
        OutputFile file(output.destination, "the tar");
        write_root_tar(session_, config_, file.fd());
        return file.commit();
      }
      case Kind::oci:
      case Kind::docker: return output.archive ? save(output) : write_layout(output);
      case Kind::image: break;
    }
    const auto names = names_of(output);
    if (output.keep) keep(names);
    if (output.push) push(output, names);
  }

  std::vector<oci::Reference> names_of(const Output& output) {
    std::vector<oci::Reference> names = session_.options.tags;
    for (const oci::Reference& name : output.names) {
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
    result_.names = names;
    return names;
  }

  void keep(const std::vector<oci::Reference>& names) const {
    store::Tag tag = result_.image;
    if (names.empty()) return store::set_tag(session_.lease, tag);
    for (const oci::Reference& name : names) {
      tag.reference = name;
      store::set_tag(session_.lease, tag);
    }
  }

  void push(const Output& output, const std::vector<oci::Reference>& names) {
    if (names.empty()) {
      Error error("it has no name to be pushed to");
      error.set_hint("-t HOST/NAME gives it one");
      throw error;
    }
    for (const oci::Reference& name : names) {
      result_.image.manifest = transfer::push(
          session_.lease, result_.image, name,
          {.security = output.insecure_registry ? registry::Security::insecure : registry::Security::strict,
           .compression = output.compression});
      session_.report({.kind = Event::Kind::note, .text = cat("pushed ", name.familiar())});
    }
  }

  void save(const Output& output) {
    OutputFile file(output.destination, "the archive");
    const auto manifests =
        transfer::save_archive(session_.lease, {{result_.image, names_of(output)}},
                               {.format = output.kind == Kind::docker ? transfer::ArchiveFormat::docker
                                                                      : transfer::ArchiveFormat::oci,
                                .compression = output.compression},
                               archive::write_to(file.fd()));
    file.commit();
    result_.image.manifest = manifests.front();
  }

  void write_layout(const Output& output) {
    const auto names = names_of(output);
    const transfer::LayoutName layout{output.destination, names.empty() ? "" : names.front().tag};
    result_.image.manifest =
        transfer::push_layout(session_.lease, result_.image, layout, {.compression = output.compression});
  }

  const Session& session_;
  const oci::ImageConfig& config_;
  Result result_;
};

}  // namespace

Result write_outputs(const Session& session, const oci::ImageConfig& config,
                     const store::Annotations& annotations) {
  return Writer(session, config, annotations).run();
}

}  // namespace husk::build
