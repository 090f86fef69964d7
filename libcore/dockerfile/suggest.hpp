#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace husk::dockerfile {

/// The one of CANDIDATES that TEXT was probably meant to be, else "".
std::string did_you_mean(std::string_view text, const std::vector<std::string_view>& candidates);

/// The one of CANDIDATES that is one or two changes away from TEXT, else "", and "" if it is TEXT: what
/// BuildKit suggests, even where two changes are the whole word.
std::string nearest(std::string_view text, const std::vector<std::string_view>& candidates);

/// " (did you mean X?)", or "".
std::string suggestion(std::string_view text, const std::vector<std::string_view>& candidates);

/// Whether KEYWORD, in lower case, is that of an instruction.
bool is_instruction(std::string_view keyword);

/// The instruction, in lower case, that KEYWORD (in lower case) is not but probably was meant to be, else "".
std::string meant_instruction(std::string_view keyword);

}  // namespace husk::dockerfile
