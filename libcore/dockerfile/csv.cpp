#include "libcore/dockerfile/csv.hpp"

#include "libcore/base/error.hpp"

namespace husk::dockerfile {
namespace {

// After the opening quote at BEGIN; END is set behind the closing one.
std::string quoted_field(std::string_view line, std::size_t begin, std::size_t& end) {
  std::string field;
  for (std::size_t i = begin + 1; i < line.size(); ++i) {
    if (line[i] != '"') {
      field += line[i];
    } else if (line.substr(i + 1).starts_with('"')) {
      field += line[i++];
    } else {
      end = i + 1;
      if (end < line.size() && line[end] != ',') throw Error("text after a closing quote, before the comma");
      return field;
    }
  }
  throw Error("a quote that is not closed");
}

}  // namespace

std::vector<Piece> split_csv(std::string_view line) {
  std::vector<Piece> fields;
  for (std::size_t begin = 0; begin <= line.size();) {
    std::size_t end = 0;
    if (line.substr(begin).starts_with('"')) {
      fields.push_back({quoted_field(line, begin, end), begin});
    } else {
      end = std::min(line.find(',', begin), line.size());
      fields.push_back({std::string(line.substr(begin, end - begin)), begin});
      if (fields.back().text.find('"') != std::string::npos) throw Error("a quote inside a field");
    }
    begin = end + 1;
  }
  return fields;
}

}  // namespace husk::dockerfile
