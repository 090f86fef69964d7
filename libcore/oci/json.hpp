#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

// For oci/*.cpp and the state files of the store only: the header is dear to compile.
namespace husk::oci {

using Json = nlohmann::ordered_json;

inline constexpr int max_json_depth = 64;

/// Parses TEXT as I-JSON (RFC 7493): UTF-8, no name twice in one object, nothing after the value; at most
/// max_json_depth levels deep. WHAT is for the message: "manifest".
nlohmann::json parse_json(std::string_view text, std::string_view what);

/// Typed access to the members of a JSON object. A member of the wrong type is an error that names it:
/// "config.Env is not an array of strings". null is the same as absent, as it is for the programs written in
/// Go that make these documents.
class JsonObject {
 public:
  /// WHERE is the path of VALUE in the document, "" for the whole of it.
  JsonObject(const nlohmann::json& value, std::string where);

  const nlohmann::json* find(const char* name) const;
  std::string path(const char* name) const;
  [[noreturn]] void fail(const char* name, std::string_view problem) const;

  std::string text(const char* name) const;  // has to be there
  std::string text_or_empty(const char* name) const;
  std::uint64_t size(const char* name) const;  // has to be there, not negative
  std::int64_t number_or_zero(const char* name) const;
  bool flag(const char* name) const;
  std::vector<std::string> texts(const char* name) const;
  std::optional<std::vector<std::string>> find_texts(const char* name) const;
  std::map<std::string, std::string> text_map(const char* name) const;
  std::set<std::string> key_set(const char* name) const;  // the names in {"a": {}, "b": {}}
  std::optional<JsonObject> find_object(const char* name) const;
  JsonObject object(const char* name) const;                // has to be there
  std::vector<JsonObject> objects(const char* name) const;  // an array of them; absent: none

  /// Refuses a member whose name is one of KNOWN but for upper and lower case: parsers that do not look at
  /// case would read another document than we do.
  void refuse_misspelt(const std::vector<std::string_view>& known) const;

 private:
  const nlohmann::json* value_;
  std::string where_;
};

}  // namespace husk::oci
