#include "libcore/cli/template_functions.hpp"

#include "libcore/base/ascii.hpp"
#include "libcore/base/error.hpp"
#include "libcore/cli/template_printf.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>
#include <map>

namespace husk::cli {
namespace {

using Arguments = Value::List;

const std::string& text_at(const Arguments& arguments, std::size_t index) {
  const auto* const text = arguments.at(index).get<std::string>();
  if (text == nullptr) throw Error(cat("argument ", index + 1, " is no text"));
  return *text;
}

std::int64_t number_at(const Arguments& arguments, std::size_t index) {
  const auto* const number = arguments.at(index).get<std::int64_t>();
  if (number == nullptr) throw Error(cat("argument ", index + 1, " is no whole number"));
  return *number;
}

constexpr std::int64_t most_blanks = 10000;

std::size_t count_at(const Arguments& arguments, std::size_t index) {
  const std::int64_t number = number_at(arguments, index);
  if (number < 0 || number > most_blanks)
    throw Error(cat("argument ", index + 1, " is not between 0 and ", most_blanks));
  return static_cast<std::size_t>(number);
}

std::size_t length(const Value& value) {
  if (const auto* const text = value.get<std::string>()) return text->size();
  if (const auto* const list = value.get<Value::List>()) return list->size();
  if (const auto* const object = value.get<Value::Object>()) return object->size();
  throw Error("what has no length was asked for it");
}

std::size_t position(const Value& index, std::size_t size) {
  const auto* const number = index.get<std::int64_t>();
  if (number == nullptr) throw Error(cat("a list has no member ", quote(print_plain(index))));
  if (*number < 0 || static_cast<std::uint64_t>(*number) >= size)
    throw Error(cat("index ", *number, " is out of range: there are ", size));
  return static_cast<std::size_t>(*number);
}

// What an object does not have is empty, as a Go map gives its zero value.
Value member(const Value& value, const Value& index) {
  if (const auto* const text = value.get<std::string>())
    return static_cast<std::int64_t>(static_cast<unsigned char>((*text)[position(index, text->size())]));
  if (const auto* const list = value.get<Value::List>()) return (*list)[position(index, list->size())];
  if (value.get<Value::Object>() == nullptr) throw Error("what has no members was asked for one");
  const auto* const name = index.get<std::string>();
  if (name == nullptr) throw Error(cat("an object has no member ", print_plain(index)));
  const Value* const found = value.find(*name);
  return found != nullptr ? *found : Value("");
}

Value index(const Arguments& arguments) {
  Value value = arguments.front();
  for (std::size_t i = 1; i < arguments.size(); ++i) value = member(value, arguments[i]);
  return value;
}

Value slice(const Arguments& arguments) {
  const std::size_t size = length(arguments.front());
  std::array<std::size_t, 2> bounds = {0, size};
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    const std::int64_t bound = number_at(arguments, i);
    if (bound < 0 || static_cast<std::uint64_t>(bound) > size)
      throw Error(cat("index ", bound, " is out of range: there are ", size));
    bounds.at(i - 1) = static_cast<std::size_t>(bound);
  }
  if (bounds[0] > bounds[1]) throw Error("a slice ends before it begins");
  if (const auto* const text = arguments.front().get<std::string>())
    return text->substr(bounds[0], bounds[1] - bounds[0]);
  const auto* const list = arguments.front().get<Value::List>();
  if (list == nullptr) throw Error("neither a text nor a list was to be sliced");
  const auto at = [&](std::size_t bound) { return list->begin() + static_cast<std::ptrdiff_t>(bound); };
  return Value::List(at(bounds[0]), at(bounds[1]));
}

// Less than 0, 0 or more than 0.
int compare(const Value& left, const Value& right) {
  const auto order = [](const auto& a, const auto& b) { return a < b ? -1 : b < a ? 1 : 0; };
  const auto as_double = [](const Value& value) {
    const auto* const whole = value.get<std::int64_t>();
    const auto* const number = value.get<double>();
    return number != nullptr ? *number : whole != nullptr ? static_cast<double>(*whole) : std::nan("");
  };
  const auto* const a = left.get<std::string>();
  const auto* const b = right.get<std::string>();
  if (a != nullptr && b != nullptr) return order(*a, *b);
  const auto* const i = left.get<std::int64_t>();
  const auto* const j = right.get<std::int64_t>();
  if (i != nullptr && j != nullptr) return order(*i, *j);
  const double x = as_double(left);
  const double y = as_double(right);
  if (std::isnan(x) || std::isnan(y)) throw Error("values of different kinds are compared");
  return order(x, y);
}

bool are_equal(const Value& left, const Value& right) {
  const auto* const a = left.get<bool>();
  const auto* const b = right.get<bool>();
  if (a != nullptr && b != nullptr) return *a == *b;
  if (left.is_null() || right.is_null()) return left.is_null() && right.is_null();
  return compare(left, right) == 0;
}

bool is_any(const Arguments& arguments) {
  return std::any_of(arguments.begin() + 1, arguments.end(),
                     [&](const Value& other) { return are_equal(arguments.front(), other); });
}

Value join(const Arguments& arguments) {
  const auto* const list = arguments.front().get<Value::List>();
  if (list == nullptr) throw Error("argument 1 is no list");
  std::string text;
  for (const Value& each : *list)
    text += cat(&each == list->data() ? "" : text_at(arguments, 1), print_plain(each));
  return text;
}

Value split(const Arguments& arguments) {
  const std::string& text = text_at(arguments, 0);
  const std::string& separator = text_at(arguments, 1);
  Value::List words;
  if (separator.empty()) {
    for (const char c : text) words.emplace_back(std::string(1, c));
    return words;
  }
  std::size_t begin = 0;
  for (;;) {
    const auto end = text.find(separator, begin);
    words.emplace_back(text.substr(begin, end - begin));
    if (end == std::string::npos) return words;
    begin = end + separator.size();
  }
}

Value title(const Arguments& arguments) {
  std::string text = text_at(arguments, 0);
  bool begins = true;
  for (char& c : text) {
    if (begins) c = to_upper(std::string(1, c)).front();
    begins = c == ' ' || c == '\t' || c == '\n';
  }
  return text;
}

// Characters are kept whole.
Value truncate(const Arguments& arguments) {
  const std::string& text = text_at(arguments, 0);
  const std::size_t most = count_at(arguments, 1);
  std::size_t end = 0;
  for (std::size_t count = 0; end < text.size() && count < most; ++count) {
    do {
      ++end;
    } while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80);
  }
  return text.substr(0, end);
}

Value pad(const Arguments& arguments) {
  const std::string& text = text_at(arguments, 0);
  if (text.empty()) return text;
  return cat(std::string(count_at(arguments, 1), ' '), text, std::string(count_at(arguments, 2), ' '));
}

bool is_number(const Value& value) {
  return value.get<std::int64_t>() != nullptr || value.get<double>() != nullptr;
}

// As fmt.Sprint: blanks only between what are no texts.
std::string print_all(const Arguments& arguments, bool always_blanks) {
  std::string text;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const bool are_no_texts =
        i > 0 && arguments[i].get<std::string>() == nullptr && arguments[i - 1].get<std::string>() == nullptr;
    text += cat(i > 0 && (always_blanks || are_no_texts) ? " " : "", print_plain(arguments[i]));
  }
  return text;
}

Value first_that(const Arguments& arguments, bool wanted) {
  const auto found =
      std::ranges::find_if(arguments, [&](const Value& each) { return is_true(each) == wanted; });
  return found == arguments.end() ? arguments.back() : *found;
}

struct Function {
  std::size_t least = 1, most = 1;
  Value (*call)(const Arguments&) = nullptr;
};

constexpr std::size_t any = std::numeric_limits<std::size_t>::max();

const std::map<std::string_view, Function>& functions() {
  static const std::map<std::string_view, Function> all = {
      {"and", {1, any, [](const Arguments& words) { return first_that(words, false); }}},
      {"eq", {2, any, [](const Arguments& words) -> Value { return is_any(words); }}},
      {"ge", {2, 2, [](const Arguments& words) -> Value { return compare(words[0], words[1]) >= 0; }}},
      {"gt", {2, 2, [](const Arguments& words) -> Value { return compare(words[0], words[1]) > 0; }}},
      {"index", {1, any, index}},
      {"join", {2, 2, join}},
      {"json", {1, 1, [](const Arguments& words) -> Value { return print_json(words[0]); }}},
      {"le", {2, 2, [](const Arguments& words) -> Value { return compare(words[0], words[1]) <= 0; }}},
      {"len", {1, 1, [](const Arguments& words) -> Value { return length(words[0]); }}},
      {"lower", {1, 1, [](const Arguments& words) -> Value { return to_lower(text_at(words, 0)); }}},
      {"lt", {2, 2, [](const Arguments& words) -> Value { return compare(words[0], words[1]) < 0; }}},
      {"ne", {2, 2, [](const Arguments& words) -> Value { return !are_equal(words[0], words[1]); }}},
      {"not", {1, 1, [](const Arguments& words) -> Value { return !is_true(words[0]); }}},
      {"or", {1, any, [](const Arguments& words) { return first_that(words, true); }}},
      {"pad", {3, 3, pad}},
      {"print", {0, any, [](const Arguments& words) -> Value { return print_all(words, false); }}},
      {"printf",
       {1, any,
        [](const Arguments& words) -> Value { return print_formatted(text_at(words, 0), words, 1); }}},
      {"println", {0, any, [](const Arguments& words) -> Value { return print_all(words, true) + "\n"; }}},
      {"slice", {1, 3, slice}},
      {"split", {2, 2, split}},
      {"title", {1, 1, title}},
      {"truncate", {2, 2, truncate}},
      {"upper", {1, 1, [](const Arguments& words) -> Value { return to_upper(text_at(words, 0)); }}},
  };
  return all;
}

}  // namespace

bool is_template_function(std::string_view name) { return functions().contains(name); }

std::string list_template_functions() {
  std::string text;
  for (const auto& [name, function] : functions()) text += cat(text.empty() ? "" : ", ", name);
  return text;
}

Value call_template_function(std::string_view name, const Value::List& arguments) {
  const Function& function = functions().at(name);
  return in_context([&] { return name; },
                    [&] {
                      if (arguments.size() < function.least || arguments.size() > function.most)
                        throw Error(cat("takes another number of arguments than ", arguments.size()));
                      return function.call(arguments);
                    });
}

bool is_text_function(std::string_view name) {
  constexpr std::array<std::string_view, 8> all = {"join",  "json",  "lower",    "pad",
                                                   "split", "title", "truncate", "upper"};
  return std::ranges::find(all, name) != all.end();
}

bool is_true(const Value& value) {
  if (const auto* const truth = value.get<bool>()) return *truth;
  if (const auto* const whole = value.get<std::int64_t>()) return *whole != 0;
  if (const auto* const number = value.get<double>()) return *number != 0;
  if (value.is_null()) return false;
  return value.get<Value::Function>() != nullptr || length(value) != 0;
}

std::string print_plain(const Value& value) {
  if (const auto* const text = value.get<std::string>()) return *text;
  if (is_number(value) || value.get<bool>() != nullptr) return print_json(value);
  std::string text;
  if (const auto* const list = value.get<Value::List>()) {
    for (const Value& each : *list) text += cat(text.empty() ? "" : " ", print_plain(each));
    return cat("[", text, "]");
  }
  if (const auto* const object = value.get<Value::Object>()) {
    std::map<std::string_view, const Value*> sorted;
    for (const auto& [name, each] : *object) sorted.emplace(name, &each);
    for (const auto& [name, each] : sorted)
      text += cat(text.empty() ? "" : " ", name, ":", print_plain(*each));
    return cat("map[", text, "]");
  }
  return "<no value>";
}

}  // namespace husk::cli
