#include "libcore/dockerfile/flags.hpp"

#include "libcore/dockerfile/suggest.hpp"
#include "libcore/dockerfile/words.hpp"

namespace husk::dockerfile {

FlagReader::FlagReader(const Node& node, Diagnostics& diagnostics) : diagnostics_(diagnostics) {
  for (const Word& word : node.flags) {
    const auto equals = word.text.find('=');
    Flag flag{{word.text.substr(2, equals == std::string::npos ? equals : equals - 2), word.at}, {}};
    if (equals != std::string::npos) flag.value = part_of(word, equals + 1);
    flags_.push_back(std::move(flag));
  }
}

std::vector<Word> FlagReader::take_all(std::string_view name) {
  known_.push_back(name);
  std::vector<Word> values;
  for (Flag& flag : flags_) {
    if (flag.name.text != name) continue;
    flag.taken = true;
    if (flag.value) {
      values.push_back(*flag.value);
    } else {
      diagnostics_.add({flag.name.at, cat("missing a value on flag: --", name)});
    }
  }
  return values;
}

Word FlagReader::take(std::string_view name) {
  std::vector<Word> values = take_all(name);
  if (values.size() > 1) diagnostics_.add({values[1].at, cat("duplicate flag specified: --", name)});
  return values.empty() ? Word{} : std::move(values.front());
}

std::optional<bool> FlagReader::take_bool(std::string_view name) {
  known_.push_back(name);
  std::optional<bool> value;
  for (Flag& flag : flags_) {
    if (flag.name.text != name) continue;
    flag.taken = true;
    const std::string text = flag.value ? flag.value->text : "true";
    if (value) {
      diagnostics_.add({flag.name.at, cat("duplicate flag specified: --", name)});
    } else if (text != "true" && text != "false") {
      diagnostics_.add(
          {flag.value->at, cat("expecting boolean value for flag --", name, ", not: ", quote(text))});
    }
    value = text == "true";
  }
  return value;
}

void FlagReader::finish() {
  for (const Flag& flag : flags_) {
    if (flag.taken) continue;
    diagnostics_.add(
        {flag.name.at, cat("unknown flag: --", escape(flag.name.text), suggestion(flag.name.text, known_))});
  }
}

}  // namespace husk::dockerfile
