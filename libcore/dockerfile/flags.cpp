#include "libcore/dockerfile/flags.hpp"

#include "libcore/dockerfile/instruction.hpp"
#include "libcore/dockerfile/words.hpp"

namespace husk::dockerfile {

FlagReader::FlagReader(const Node& node) : node_(node) {
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
    if (!flag.value) throw SyntaxError(flag.name.at, cat("missing a value on flag: --", name));
    values.push_back(*flag.value);
  }
  return values;
}

Word FlagReader::take(std::string_view name) {
  std::vector<Word> values = take_all(name);
  if (values.size() > 1) throw SyntaxError(values[1].at, cat("duplicate flag specified: --", name));
  return values.empty() ? Word{} : std::move(values.front());
}

std::optional<bool> FlagReader::take_bool(std::string_view name) {
  known_.push_back(name);
  std::optional<bool> value;
  for (Flag& flag : flags_) {
    if (flag.name.text != name) continue;
    flag.taken = true;
    if (value) throw SyntaxError(flag.name.at, cat("duplicate flag specified: --", name));
    const std::string text = flag.value ? flag.value->text : "true";
    if (text != "true" && text != "false") {
      throw SyntaxError(flag.value->at,
                        cat("expecting boolean value for flag --", name, ", not: ", quote(text)));
    }
    value = text == "true";
  }
  return value;
}

void FlagReader::finish() const {
  for (const Flag& flag : flags_) {
    if (flag.taken) continue;
    const std::string meant = did_you_mean(flag.name.text, known_);
    throw SyntaxError(flag.name.at, cat("unknown flag: --", escape(flag.name.text),
                                        meant.empty() ? "" : cat(" (did you mean --", meant, "?)")));
  }
}

}  // namespace husk::dockerfile
