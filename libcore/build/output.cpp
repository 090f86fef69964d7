#include "libcore/build/output.hpp"

#include "libcore/base/error.hpp"

#include <algorithm>
#include <map>

namespace husk::build {
namespace {

using Kind = Output::Kind;

// One line of CSV (RFC 4180): a field in quotes may have commas, and two quotes for one.
std::vector<std::string> split_fields(std::string_view text) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') {
      if (quoted && text.substr(i + 1).starts_with('"')) {
        fields.back() += text[++i];
      } else {
        quoted = !quoted;
      }
    } else if (text[i] == ',' && !quoted) {
      fields.emplace_back();
    } else {
      fields.back() += text[i];
    }
  }
  return fields;
}

bool parse_flag(const std::string& key, const std::string& value) {
  if (value == "true" || value == "1") return true;
  if (value == "false" || value == "0") return false;
  throw Error(cat(key, " is true or false, not ", quote(value)), Exit::usage);
}

/// The fields, each asked for at most once; what is left was not understood.
class Fields {
 public:
  explicit Fields(const std::vector<std::string>& fields) {
    for (const std::string& field : fields) {
      const auto equals = field.find('=');
      const std::string key = field.substr(0, equals);
      if (equals == std::string::npos) throw Error(cat(quote(field), " is not KEY=VALUE"), Exit::usage);
      if (!values_.emplace(key, field.substr(equals + 1)).second)
        throw Error(cat(quote(key), " is given twice"), Exit::usage);
    }
  }

  std::string take(const std::string& key, const std::string& otherwise = "") {
    const auto found = values_.extract(key);
    return found.empty() ? otherwise : found.mapped();
  }
  bool take_flag(const std::string& key, bool otherwise) {
    const auto found = values_.extract(key);
    return found.empty() ? otherwise : parse_flag(key, found.mapped());
  }
  void refuse_others(const std::string& type) const {
    if (values_.empty()) return;
    Error error(cat("type=", type, " takes no ", quote(values_.begin()->first)), Exit::usage);
    error.set_hint("husk-build(1) lists what each type takes");
    throw error;
  }

 private:
  std::map<std::string, std::string> values_;
};

Kind parse_kind(const std::string& type) {
  if (type == "local") return Kind::directory;
  if (type == "tar") return Kind::tar;
  if (type == "oci") return Kind::oci;
  if (type == "docker") return Kind::docker;
  if (type == "image" || type == "registry") return Kind::image;
  throw Error(cat("type is local, tar, oci, docker, image or registry, not ", quote(type)), Exit::usage);
}

archive::Compression parse_compression(const std::string& text) {
  if (text == "gzip") return archive::Compression::gzip;
  if (text == "zstd") return archive::Compression::zstd;
  throw Error(cat("compression is gzip or zstd, not ", quote(text)), Exit::usage);
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
  fields.refuse_others(type);
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
