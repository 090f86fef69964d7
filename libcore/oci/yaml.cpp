#include "libcore/oci/yaml.hpp"

#include "libcore/base/error.hpp"
#include "libcore/oci/json.hpp"

#include <yaml.h>

#include <charconv>

namespace husk::oci {
namespace {

// libyaml's parser, and the event that it has just given.
class Events {
 public:
  explicit Events(std::string_view text) {
    if (yaml_parser_initialize(&parser_) == 0) throw Error("out of memory");
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  }
  Events(const Events&) = delete;
  ~Events() {
    yaml_event_delete(&event_);
    yaml_parser_delete(&parser_);
  }

  const yaml_event_t& next() {
    yaml_event_delete(&event_);
    if (yaml_parser_parse(&parser_, &event_) == 0) {
      throw Error(cat("line ", parser_.problem_mark.line + 1, ": ",
                      escape(parser_.problem != nullptr ? parser_.problem : "no YAML")));
    }
    return event_;
  }

 private:
  yaml_parser_t parser_{};
  yaml_event_t event_{};
};

std::string_view text_of(const yaml_event_t& event) {
  const auto& scalar = event.data.scalar;
  return {reinterpret_cast<const char*>(scalar.value), scalar.length};
}

// YAML 1.2.2, 10.3.2, Tag Resolution.
Json resolve(const yaml_event_t& event) {
  const std::string_view text = text_of(event);
  if (event.data.scalar.style != YAML_PLAIN_SCALAR_STYLE) return text;
  if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL") return nullptr;
  if (text == "true" || text == "True" || text == "TRUE") return true;
  if (text == "false" || text == "False" || text == "FALSE") return false;
  std::string_view digits = text;
  int base = 10;
  if (text.starts_with("0x")) base = 16;
  if (text.starts_with("0o")) base = 8;
  if (base != 10) digits.remove_prefix(2);
  std::int64_t number = 0;
  const char* const end = digits.data() + digits.size();
  const auto read = std::from_chars(digits.data(), end, number, base);
  if (read.ec == std::errc() && read.ptr == end) return number;
  return text;  // other numbers there are none in what is read here
}

Json read_value(Events& events, const yaml_event_t& event, int depth);

Json read_sequence(Events& events, int depth) {
  Json out = Json::array();
  for (;;) {
    const yaml_event_t& event = events.next();
    if (event.type == YAML_SEQUENCE_END_EVENT) return out;
    out.push_back(read_value(events, event, depth));
  }
}

Json read_mapping(Events& events, int depth) {
  Json out = Json::object();
  for (;;) {
    const yaml_event_t& event = events.next();
    if (event.type == YAML_MAPPING_END_EVENT) return out;
    if (event.type != YAML_SCALAR_EVENT) throw Error("a key that is no text");
    const std::string key(text_of(event));
    if (out.contains(key)) throw Error(cat("the key ", quote(key), " is there twice"));
    Json value = read_value(events, events.next(), depth);
    out[key] = std::move(value);
  }
}

Json read_value(Events& events, const yaml_event_t& event, int depth) {
  if (depth == max_json_depth) throw Error("it is nested too deeply");
  switch (event.type) {
    case YAML_SCALAR_EVENT: return resolve(event);
    case YAML_SEQUENCE_START_EVENT: return read_sequence(events, depth + 1);
    case YAML_MAPPING_START_EVENT: return read_mapping(events, depth + 1);
    case YAML_ALIAS_EVENT: throw Error("aliases are not read");
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT:
    case YAML_DOCUMENT_START_EVENT:
    case YAML_DOCUMENT_END_EVENT:
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT: break;
  }
  throw Error("no YAML");
}

}  // namespace

std::string yaml_to_json(std::string_view text) {
  Events events(text);
  (void)events.next();  // the stream
  if (events.next().type != YAML_DOCUMENT_START_EVENT) throw Error("it is empty");
  const Json json = read_value(events, events.next(), 0);
  (void)events.next();  // the document's end
  if (events.next().type != YAML_STREAM_END_EVENT) throw Error("it has several documents");
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace husk::oci
