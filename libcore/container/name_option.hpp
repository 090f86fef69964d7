#pragma once

#include <string>
#include <string_view>

namespace husk::container {

/// The values of --dns and --dns-search as docker takes them, blanks around them gone. Throw Error with exit
/// engine and docker's words.
std::string parse_name_server(std::string_view text);
std::string parse_search_domain(std::string_view text);

/// One word for the line "options" of resolv.conf(5).
std::string parse_resolver_option(std::string_view text);

}  // namespace husk::container
