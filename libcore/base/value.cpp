#include "libcore/base/value.hpp"

#include "libcore/base/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace husk {
namespace {

// One line, or a line for each member.
class JsonPrinter {
 public:
  explicit JsonPrinter(std::optional<std::size_t> depth) : depth_(depth) {}

  void print(const Value& value) {
    if (const auto* const truth = value.get<bool>()) text += *truth ? "true" : "false";
    if (const auto* const number = value.get<std::int64_t>()) text += std::to_string(*number);
    if (const auto* const number = value.get<double>()) print_number(*number);
    if (const auto* const words = value.get<std::string>()) text += json_string(*words);
    if (const auto* const list = value.get<Value::List>()) {
      print_all(*list, "[", "]", [&](const Value& each) { print(each); });
    }
    if (const auto* const object = value.get<Value::Object>()) {
      print_all(*object, "{", "}", [&](const Value::Member& member) {
        text += cat(json_string(member.name), depth_ ? ": " : ":");
        print(member.value);
      });
    }
    if (value.is_null() || is_function(value)) text += "null";
  }

  std::string text;

 private:
  static bool is_function(const Value& value) { return value.get<Value::Function>() != nullptr; }
  static bool is_function(const Value::Member& member) { return is_function(member.value); }

  void print_number(double number) {
    std::array<char, 32> buffer{};
    const auto [end, failure] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
    text.append(buffer.data(), failure == std::errc{} ? end : buffer.data());
  }

  void break_line() {
    if (depth_) text += cat("\n", std::string(*depth_ * 4, ' '));
  }

  template <class Range, class Print>
  void print_all(const Range& range, std::string_view open, std::string_view close, const Print& print_one) {
    text += open;
    bool is_first = true;
    for (const auto& each : range) {
      if (is_function(each)) continue;
      if (!is_first) text += ",";
      if (is_first && depth_) ++*depth_;
      is_first = false;
      break_line();
      print_one(each);
    }
    if (!is_first && depth_) --*depth_;
    if (!is_first) break_line();
    text += close;
  }

  std::optional<std::size_t> depth_;
};

}  // namespace

const Value* Value::find(std::string_view name) const noexcept {
  const auto* const object = get<Object>();
  if (object == nullptr) return nullptr;
  const auto found = std::ranges::find(*object, name, &Member::name);
  return found == object->end() ? nullptr : &found->value;
}

std::string print_json(const Value& value) {
  JsonPrinter printer(std::nullopt);
  printer.print(value);
  return printer.text;
}

std::string print_indented_json(const Value& value, std::size_t depth) {
  JsonPrinter printer(depth);
  printer.print(value);
  return printer.text;
}

}  // namespace husk
