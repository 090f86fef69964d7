#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace husk {

/// A document as JSON has it, with its members in order: what the programs tell of an object, printed as it
/// is or taken apart by a template (cli/template.hpp). Documents from outside are not this: they are parsed
/// in oci.
class Value {
 public:
  struct Member;
  using List = std::vector<Value>;
  using Object = std::vector<Member>;
  /// A member that takes arguments, as docker's {{.Label "name"}} does. It is in no JSON.
  using Function = std::function<Value(const List&)>;

  Value() = default;  // null
  template <std::same_as<bool> Bool>  // not for a pointer, which converts to one
  Value(Bool value);
  template <std::integral Number>
  requires(!std::same_as<Number, bool>) Value(Number value);
  Value(double value);
  Value(std::string value);
  Value(std::string_view value);
  Value(const char* value);
  Value(List value);
  Value(Object value);
  Value(Function value);

  [[nodiscard]] bool is_null() const noexcept { return std::holds_alternative<std::monostate>(content_); }
  /// What it holds, if that is a T: bool, std::int64_t, double, std::string, List, Object or Function.
  template <class T>
  [[nodiscard]] const T* get() const noexcept {
    return std::get_if<T>(&content_);
  }
  /// The member NAME of an object; null if there is none, or this is no object.
  [[nodiscard]] const Value* find(std::string_view name) const noexcept;

 private:
  std::variant<std::monostate, bool, std::int64_t, double, std::string, List, Object, Function> content_;
};

struct Value::Member {
  std::string name;
  Value value;
};

// Here, where a Member is known in full.
template <std::same_as<bool> Bool>
Value::Value(Bool value) : content_(value) {}
template <std::integral Number>
requires(!std::same_as<Number, bool>) Value::Value(Number value)
    : content_(static_cast<std::int64_t>(value)) {}
inline Value::Value(double value) : content_(value) {}
inline Value::Value(std::string value) : content_(std::move(value)) {}
inline Value::Value(std::string_view value) : content_(std::string(value)) {}
inline Value::Value(const char* value) : content_(std::string(value)) {}
inline Value::Value(List value) : content_(std::move(value)) {}
inline Value::Value(Object value) : content_(std::move(value)) {}
inline Value::Value(Function value) : content_(std::move(value)) {}

/// A list of what can be a Value.
template <class Range>
Value::List to_list(const Range& range) {
  return {range.begin(), range.end()};
}

/// The members of a map from texts to what can be a Value.
template <class Map>
Value::Object to_object(const Map& map) {
  Value::Object object;
  for (const auto& [name, value] : map) object.push_back({name, value});
  return object;
}

/// As one line of JSON.
std::string print_json(const Value& value);

/// The same with a line for each member, four blanks deeper for each level below DEPTH; no end of line at the
/// end.
std::string print_indented_json(const Value& value, std::size_t depth = 0);

}  // namespace husk
