#include "libcore/build/fields.hpp"

#include "libcore/base/error.hpp"

namespace husk::build {
namespace {

bool parse_flag(const std::string& key, const std::string& value) {
  if (value == "true" || value == "1") return true;
  if (value == "false" || value == "0") return false;
  throw Error(cat(key, " is true or false, not ", quote(value)), Exit::usage);
}

}  // namespace

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

Fields::Fields(const std::vector<std::string>& fields) {
  for (const std::string& field : fields) {
    const auto equals = field.find('=');
    const std::string key = field.substr(0, equals);
    if (equals == std::string::npos) throw Error(cat(quote(field), " is not KEY=VALUE"), Exit::usage);
    if (!values_.emplace(key, field.substr(equals + 1)).second)
      throw Error(cat(quote(key), " is given twice"), Exit::usage);
  }
}

std::string Fields::take(const std::string& key, const std::string& otherwise) {
  const auto found = values_.extract(key);
  return found.empty() ? otherwise : found.mapped();
}

bool Fields::take_flag(const std::string& key, bool otherwise) {
  const auto found = values_.extract(key);
  return found.empty() ? otherwise : parse_flag(key, found.mapped());
}

void Fields::refuse_others(const std::string& what) const {
  if (values_.empty()) return;
  Error error(cat(what, " takes no ", quote(values_.begin()->first)), Exit::usage);
  error.set_hint("husk-build(1) lists what each type takes");
  throw error;
}

archive::Compression parse_compression(const std::string& text) {
  if (text == "gzip") return archive::Compression::gzip;
  if (text == "zstd") return archive::Compression::zstd;
  throw Error(cat("compression is gzip or zstd, not ", quote(text)), Exit::usage);
}

}  // namespace husk::build
