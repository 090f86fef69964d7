#include "libcore/container/name_option.hpp"

#include "libcore/base/ascii.hpp"
#include "libcore/base/error.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <algorithm>
#include <array>

namespace husk::container {
namespace {

bool is_label(std::string_view label) {
  return !label.empty() && label.front() != '-' && label.back() != '-' &&
         std::ranges::all_of(label, [](char c) { return is_alphanumeric(c) || c == '-'; });
}

bool is_domain(std::string_view name) {
  constexpr std::size_t longest = 254;
  if (name.size() > longest || std::ranges::none_of(name, is_letter)) return false;
  for (;;) {
    const auto dot = name.find('.');
    if (!is_label(name.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    name.remove_prefix(dot + 1);
  }
}

}  // namespace

std::string parse_name_server(std::string_view text) {
  const std::string address(trim_blanks(text));
  in6_addr bytes{};  // room for either
  const int family = address.find(':') == std::string::npos ? AF_INET : AF_INET6;
  std::array<char, INET6_ADDRSTRLEN> normal{};
  if (::inet_pton(family, address.c_str(), &bytes) != 1 ||
      ::inet_ntop(family, &bytes, normal.data(), normal.size()) == nullptr)
    throw Error(cat("--dns: IP address is not correctly formatted: ", escape(text)), Exit::engine);
  return normal.data();
}

std::string parse_search_domain(std::string_view text) {
  std::string_view name = trim_blanks(text);
  if (name == ".") return ".";
  if (name.ends_with('.')) name.remove_suffix(1);
  if (!is_domain(name))
    throw Error(cat("--dns-search: ", quote(text), " is not a valid domain"), Exit::engine);
  return std::string(name);
}

std::string parse_resolver_option(std::string_view text) {
  const bool is_word = !text.empty() && std::ranges::all_of(text, [](char c) {
    return c > ' ' && c < '\x7f' && c != '#' && c != ';';
  });
  if (!is_word) throw Error(cat("--dns-option: ", quote(text), " is no word for resolv.conf"), Exit::engine);
  return std::string(text);
}

}  // namespace husk::container
