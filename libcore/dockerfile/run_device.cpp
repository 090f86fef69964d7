#include "libcore/dockerfile/run_device.hpp"

#include "libcore/base/ascii.hpp"
#include "libcore/dockerfile/csv.hpp"
#include "libcore/dockerfile/runes.hpp"
#include "libcore/dockerfile/suggest.hpp"
#include "libcore/dockerfile/values.hpp"

namespace husk::dockerfile {
namespace {

// The name of a device (CDI specification, "vendor/class=name") has a "=" in it, too: the first field with an
// unknown key is one.
void apply(RunDevice& device, const Word& field) {
  const auto equals = field.text.find('=');
  const std::string key = to_lower(field.text.substr(0, equals));
  const std::string value = equals == std::string::npos ? "" : field.text.substr(equals + 1);
  if (key == "required") {
    const auto required = parse_bool(equals == std::string::npos ? "true" : value);
    if (!required) throw SyntaxError(field.at, cat("invalid value for required: ", quote(value)));
    device.required = *required;
  } else if (key == "name" && equals != std::string::npos) {
    if (!device.name.empty())
      throw SyntaxError(field.at, cat("device name already set to ", quote(device.name)));
    device.name = value;
  } else if (device.name.empty()) {
    device.name = field.text;
  } else {
    throw SyntaxError(field.at, cat("unexpected key ", quote(key), " in ", quote(field.text),
                                    suggestion(key, {"name", "required"})));
  }
}

}  // namespace

RunDevice parse_run_device(const Word& text) {
  RunDevice device;
  try {
    for (const Piece& field : split_csv(text.text))
      apply(device, {field.text, part_of(text, field.offset).at});
  } catch (const SyntaxError&) {
    throw;
  } catch (const Error& error) {
    throw SyntaxError(text.at, cat("failed to parse csv devices: ", error.what()));
  }
  if (device.name.empty()) throw SyntaxError(text.at, "a device needs a name: vendor/class=name");
  return device;
}

}  // namespace husk::dockerfile
