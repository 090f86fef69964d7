#include "libcore/cli/label_field.hpp"

#include "libcore/base/error.hpp"

#include <algorithm>

namespace husk::cli {
namespace {

std::string only_name(const Value::List& arguments) {
  const auto* const name = arguments.size() == 1 ? arguments.front().get<std::string>() : nullptr;
  if (name == nullptr) throw Error(".Label takes the name of a label, in quotes", Exit::usage);
  return *name;
}

}  // namespace

Column label_column() {
  return {"Label", Value::Function([](const Value::List& arguments) -> Value {
            std::string name = only_name(arguments);
            name.erase(0, name.rfind('.') + 1);
            std::ranges::replace_if(
                name, [](char c) { return c == '-' || c == '_'; }, ' ');
            return name;
          })};
}

Value label_cell(std::map<std::string, std::string> labels) {
  return Value::Function([all = std::move(labels)](const Value::List& arguments) -> Value {
    const auto found = all.find(only_name(arguments));
    return found == all.end() ? "" : found->second;
  });
}

}  // namespace husk::cli
