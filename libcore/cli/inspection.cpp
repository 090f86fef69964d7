#include "libcore/cli/inspection.hpp"

#include <utility>

namespace husk::cli {

Inspection::Inspection(std::string_view format) : is_array_(format.empty()) {
  if (!is_array_ && format != "json") template_.emplace(format);
}

void Inspection::add(Value object) {
  if (is_array_) {
    objects_.push_back(std::move(object));
  } else {
    lines_ += (template_ ? template_->render(object) : print_json(object)) + "\n";
  }
}

std::string Inspection::print() const { return is_array_ ? print_indented_json(objects_) + "\n" : lines_; }

}  // namespace husk::cli
