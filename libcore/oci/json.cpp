#include "libcore/oci/json.hpp"

#include "libcore/base/ascii.hpp"
#include "libcore/base/error.hpp"

#include <algorithm>

namespace husk::oci {
namespace {

// Sees each event of the parser; the set on top has the names of the innermost open object.
class Strictness {
 public:
  explicit Strictness(std::string_view what) : what_(what) {}

  void see(int depth, nlohmann::json::parse_event_t event, const nlohmann::json& value) {
    using Event = nlohmann::json::parse_event_t;
    if (depth > max_json_depth) throw Error(cat(what_, " is nested too deeply"));
    if (event == Event::object_start) names_.emplace_back();
    if (event == Event::object_end) names_.pop_back();
    if (event == Event::key && !names_.back().insert(value.get<std::string>()).second) {
      throw Error(
          cat(what_, " is ambiguous: it has ", quote(value.get<std::string>()), " twice in one object"));
    }
  }

 private:
  std::string what_;
  std::vector<std::set<std::string>> names_;
};

}  // namespace

nlohmann::json parse_json(std::string_view text, std::string_view what) {
  // To the parser a NUL is the end of the text, whatever comes behind it.
  if (text.find('\0') != std::string_view::npos)
    throw Error(cat(what, " is not valid JSON: it has a NUL in it"));
  Strictness strict(what);
  const auto watch = [&](int depth, nlohmann::json::parse_event_t event, nlohmann::json& value) {
    strict.see(depth, event, value);
    return true;
  };
  try {
    return nlohmann::json::parse(text, watch);
  } catch (const nlohmann::json::exception& error) {
    throw Error(cat(what, " is not valid JSON: ", escape(error.what())));
  }
}

JsonObject::JsonObject(const nlohmann::json& value, std::string where)
    : value_(&value), where_(std::move(where)) {
  if (!value.is_object()) throw Error(cat(where_.empty() ? "the document" : where_, " is not an object"));
}

const nlohmann::json* JsonObject::find(const char* name) const {
  const auto found = value_->find(name);
  return found == value_->end() || found->is_null() ? nullptr : &*found;
}

std::string JsonObject::path(const char* name) const {
  return where_.empty() ? name : cat(where_, ".", name);
}

void JsonObject::fail(const char* name, std::string_view problem) const {
  throw Error(cat(path(name), " ", problem));
}

std::string JsonObject::text(const char* name) const {
  if (find(name) == nullptr) fail(name, "is missing");
  return text_or_empty(name);
}

std::string JsonObject::text_or_empty(const char* name) const {
  const auto* value = find(name);
  if (value == nullptr) return "";
  if (!value->is_string()) fail(name, "is not a string");
  return value->get<std::string>();
}

std::uint64_t JsonObject::size(const char* name) const {
  const auto* value = find(name);
  if (value == nullptr) fail(name, "is missing");
  if (!value->is_number_unsigned()) fail(name, "is not a whole number, zero or more");
  return value->get<std::uint64_t>();
}

std::int64_t JsonObject::number_or_zero(const char* name) const {
  const auto* value = find(name);
  if (value == nullptr) return 0;
  const bool too_large =
      value->is_number_unsigned() && value->get<std::uint64_t>() > std::uint64_t{INT64_MAX};
  if (!value->is_number_integer() || too_large) fail(name, "is not a whole number");
  return value->get<std::int64_t>();
}

bool JsonObject::flag(const char* name) const {
  const auto* value = find(name);
  if (value == nullptr) return false;
  if (!value->is_boolean()) fail(name, "is not true or false");
  return value->get<bool>();
}

std::vector<std::string> JsonObject::texts(const char* name) const {
  return find_texts(name).value_or(std::vector<std::string>{});
}

std::optional<std::vector<std::string>> JsonObject::find_texts(const char* name) const {
  const auto* value = find(name);
  if (value == nullptr) return std::nullopt;
  const auto is_text = [](const nlohmann::json& each) { return each.is_string(); };
  if (!value->is_array() || !std::all_of(value->begin(), value->end(), is_text)) {
    fail(name, "is not an array of strings");
  }
  return value->get<std::vector<std::string>>();
}

std::map<std::string, std::string> JsonObject::text_map(const char* name) const {
  std::map<std::string, std::string> map;
  const auto* value = find(name);
  if (value == nullptr) return map;
  if (!value->is_object()) fail(name, "is not an object");
  for (const auto& [key, each] : value->items()) {
    if (!each.is_string()) fail(name, cat("has ", quote(key), ", which is not a string"));
    map.emplace(key, each.get<std::string>());
  }
  return map;
}

std::set<std::string> JsonObject::key_set(const char* name) const {
  std::set<std::string> keys;
  const auto* value = find(name);
  if (value == nullptr) return keys;
  if (!value->is_object()) fail(name, "is not an object");
  for (const auto& [key, each] : value->items()) {
    if (!each.is_object() && !each.is_null()) fail(name, cat("has ", quote(key), ", which is not an object"));
    keys.insert(key);
  }
  return keys;
}

std::optional<JsonObject> JsonObject::find_object(const char* name) const {
  const auto* value = find(name);
  if (value == nullptr) return std::nullopt;
  return JsonObject(*value, path(name));
}

JsonObject JsonObject::object(const char* name) const {
  auto found = find_object(name);
  if (!found) fail(name, "is missing");
  return *found;
}

std::vector<JsonObject> JsonObject::objects(const char* name) const {
  std::vector<JsonObject> all;
  const auto* value = find(name);
  if (value == nullptr) return all;
  if (!value->is_array()) fail(name, "is not an array");
  for (std::size_t i = 0; i < value->size(); ++i) all.emplace_back((*value)[i], cat(path(name), "[", i, "]"));
  return all;
}

void JsonObject::refuse_misspelt(const std::vector<std::string_view>& known) const {
  for (const auto& [key, each] : value_->items()) {
    for (const std::string_view name : known) {
      if (key != name && to_lower(key) == to_lower(name)) {
        throw Error(
            cat("the document is ambiguous: it has ", quote(key), " where ", quote(name), " would be"));
      }
    }
  }
}

}  // namespace husk::oci
