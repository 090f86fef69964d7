#include "libcore/build/output.hpp"

#include "libcore/base/error.hpp"
#include "libcore/build/fields.hpp"

#include <algorithm>

namespace husk::build {
namespace {

using Kind = Output::Kind;

Kind parse_kind(const std::string& type) {
  if (type == "local") return Kind::directory;
  if (type == "tar") return Kind::tar;
  if (type == "oci") return Kind::oci;
  if (type == "docker") return Kind::docker;
  if (type == "image" || type == "registry") return Kind::image;
  throw Error(cat("type is local, tar, oci, docker, image or registry, not ", quote(type)), Exit::usage);
}

std::vector<oci::Reference> parse_names(std::string_view text) {
  std::vector<oci::Reference> names;
  while (!text.empty()) {
    const std::string_view name = text.substr(0, text.find(','));
    names.push_back(oci::parse_reference(name));
    text.remove_prefix(std::min(text.size(), name.size() + 1));
  }
  return names;
}

void take_image_fields(Output& output, Fields& fields) {
  output.compression = parse_compression(fields.take("compression", "gzip"));
  output.names = parse_names(fields.take("name"));
  output.rewrite_times = fields.take_flag("rewrite-timestamp", false);
}

Output parse_fields(Fields fields) {
  const std::string type = fields.take("type");
  if (type.empty()) throw Error("there is no type=", Exit::usage);
  Output output{.kind = parse_kind(type)};
  if (output.kind == Kind::image) {
    take_image_fields(output, fields);
    output.push = fields.take_flag("push", type == "registry");
    output.keep = type == "image";
    output.insecure_registry = fields.take_flag("registry.insecure", false);
  } else {
    output.destination = fields.take("dest", output.kind == Kind::directory ? "" : "-");
    if (output.kind == Kind::oci || output.kind == Kind::docker) take_image_fields(output, fields);
    if (output.kind == Kind::oci) output.archive = fields.take_flag("tar", true);
  }
  fields.refuse_others(cat("type=", type));
  const bool directory = output.kind == Kind::directory || !output.archive;
  if (directory && (output.destination.empty() || output.destination == "-"))
    throw Error("a directory is needed: dest=DIRECTORY", Exit::usage);
  if (output.destination.empty() && output.kind != Kind::image) throw Error("dest is empty", Exit::usage);
  return output;
}

}  // namespace

Output parse_output(std::string_view text) {
  return in_context([&] { return cat("-o ", quote(text)); },
                    [&]() -> Output {
                      if (text.empty()) throw Error("it is empty", Exit::usage);
                      if (text == "-") return {.kind = Kind::tar, .destination = "-"};
                      const std::vector<std::string> fields = split_fields(text);
                      if (fields.size() == 1 && fields.front().find('=') == std::string::npos)
                        return {.kind = Kind::directory, .destination = fields.front()};
                      return parse_fields(Fields(fields));
                    });
}

}  // namespace husk::build
