#include "libcore/build/write_outputs.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/output_file.hpp"
#include "libcore/build/image_documents.hpp"
#include "libcore/build/provenance.hpp"
#include "libcore/build/root_digests.hpp"
#include "libcore/build/root_output.hpp"
#include "libcore/transfer/push.hpp"
#include "libcore/transfer/save.hpp"

#include <sys/stat.h>
#include <algorithm>

namespace husk::build {
namespace {

using Kind = Output::Kind;

void add_name(std::vector<oci::Reference>& names, const oci::Reference& name) {
  if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
}

class Writer {
 public:
  Writer(const Session& session, const std::vector<PlatformImage>& images, const store::Tag& image)
      : session_(session), images_(images), result_{image, root_of(image), session.options.tags} {}

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
  static oci::Descriptor root_of(const store::Tag& image) {
    return image.index ? *image.index : image.manifest;
  }

  static std::string describe(const Output& output) {
    return output.kind == Kind::image ? "image" : cat("write ", quote(output.destination));
  }

  void write(const Output& output) {
    switch (output.kind) {
      case Kind::directory: return write_directories(output.destination);
      case Kind::tar: return write_tar(output.destination);
      case Kind::oci:
      case Kind::docker: return output.archive ? save(output) : write_layout(output);
      case Kind::image: break;
    }
    const auto names = names_of(output);
    if (output.keep) keep(names);
    if (output.push) push(output, names);
  }

  // With a statement about each of them, if one is wanted beside files.
  RootFiles files_of(const PlatformImage& image) const {
    RootFiles files{image.config};
    const auto& option = session_.options.provenance;
    if (!image.provenance || option->inline_only) return files;
    const oci::Statement statement =
        make_statement(*option, *image.provenance, digest_root_files(session_, image.config));
    files.extra = {option->file_name, oci::print_statement(statement, oci::JsonLayout::indented) + "\n"};
    return files;
  }

  // "linux_arm64" for each of several platforms, as buildx has it; nothing for one.
  std::string directory_of(const PlatformImage& image) const {
    if (images_.size() == 1) return {};
    std::string name = image.platform.str();
    std::replace(name.begin(), name.end(), '/', '_');
    return name;
  }

  void write_directories(const std::filesystem::path& destination) const {
    if (images_.size() == 1) return write_root_directory(session_, files_of(images_.front()), destination);
    if (::mkdir(destination.c_str(), 0755) != 0 && errno != EEXIST)
      throw_errno("make directory ", quote(destination));
    for (const PlatformImage& image : images_)
      write_root_directory(session_, files_of(image), destination / directory_of(image));
  }

  void write_tar(const std::string& destination) const {
    OutputFile file(destination, "the tar");
    for (const PlatformImage& image : images_)
      write_root_tar(session_, files_of(image), file.fd(),
                     {.prefix = directory_of(image), .goes_on = &image != &images_.back()});
    file.commit();
  }

  std::vector<oci::Reference> names_of(const Output& output) {
    std::vector<oci::Reference> names = session_.options.tags;
    for (const oci::Reference& name : output.names) add_name(names, name);
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
      take(transfer::push(
          session_.lease, result_.image, name,
          {.security = output.insecure_registry ? registry::Security::insecure : registry::Security::strict,
           .compression = output.compression}));
      session_.report({.kind = Event::Kind::note, .text = cat("pushed ", name.familiar())});
    }
  }

  void save(const Output& output) {
    OutputFile file(output.destination, "the archive");
    const auto roots =
        transfer::save_archive(session_.lease, {{result_.image, names_of(output)}},
                               {.format = output.kind == Kind::docker ? transfer::ArchiveFormat::docker
                                                                      : transfer::ArchiveFormat::oci,
                                .compression = output.compression},
                               archive::write_to(file.fd()));
    file.commit();
    result_.root = roots.front();
  }

  void write_layout(const Output& output) {
    const auto names = names_of(output);
    const transfer::LayoutName layout{output.destination, names.empty() ? "" : names.front().tag};
    take(transfer::push_layout(session_.lease, result_.image, layout, {.compression = output.compression}));
  }

  void take(const transfer::Pushed& pushed) {
    result_.image = pushed.image;
    result_.root = pushed.root;
  }

  const Session& session_;
  const std::vector<PlatformImage>& images_;
  Result result_;
};

// Those that any of the outputs gives the image.
std::vector<oci::Reference> all_names(const Options& options) {
  std::vector<oci::Reference> names = options.tags;
  for (const Output& output : options.outputs) {
    for (const oci::Reference& name : output.names) add_name(names, name);
  }
  return names;
}

}  // namespace

Result write_outputs(const Session& session, const std::vector<PlatformImage>& images) {
  return Writer(session, images, write_documents(session, images, all_names(session.options))).run();
}

}  // namespace husk::build
