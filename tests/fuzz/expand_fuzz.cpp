#include "libcore/base/error.hpp"
#include "libcore/dockerfile/expand.hpp"
#include "libcore/dockerfile/heredoc.hpp"
#include "libcore/dockerfile/limits.hpp"
#include "libcore/dockerfile/run_mount.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

// A word with variables is replaced or refused, whichever way it is read; the result is not longer than it
// may be, and what splits into words holds no white space that was not quoted.

namespace {

using namespace husk::dockerfile;

const Variables variables = {{"a", "one two"}, {"b", ""}, {"path", "/usr/lib/x.tar.gz"}, {"s", "*?\\"}};

void try_expand(std::string_view word, const Variables& known, const ExpandOptions& options) {
  try {
    const Expansion expansion = expand(word, known, options);
    if (expansion.text.size() > max_expansion_size) std::abort();
    for (const std::string& name : expansion.matched) {
      if (!known.contains(name) || expansion.unmatched.contains(name)) std::abort();
    }
    for (const std::string& each : expansion.words) {
      if (each.empty()) std::abort();
    }
  } catch (const husk::Error&) {
    return;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view word(reinterpret_cast<const char*>(data), size);
  try_expand(word, variables, {});
  try_expand(word, variables, {.escape = '`'});
  try_expand(word, variables, {.ignore_quotes = true});
  try_expand(word, {}, {.keep_quotes = true, .keep_escapes = true, .keep_unset = true});
  try {
    (void)heredocs_in(word);
    (void)parse_heredoc(word);
  } catch (const husk::Error&) {  // a quote that is not closed
  }
  const Word mount{std::string(word), {1, 1}};
  bool checked = true;
  try {
    check_run_mount(mount);
  } catch (const SyntaxError& error) {
    if (error.at().line != 1 || error.at().column < 1) std::abort();
    checked = false;
  }
  try {
    (void)parse_run_mount(mount, [](const Word& value) { return value.text; });
    if (!checked) std::abort();  // what is refused at once would be refused later, too
  } catch (const SyntaxError&) {
    return 0;
  }
  return 0;
}
