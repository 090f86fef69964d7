#include "libcore/dockerfile/change_mode.hpp"

#include "libcore/base/error.hpp"

#include <sys/stat.h>
#include <charconv>

namespace husk::dockerfile {
namespace {

// "u=rwX", "go-w": one clause of a symbolic mode, as chmod(1) has it with umask 0.
mode_t apply_clause(mode_t mode, std::string_view clause, std::string_view whole) {
  const auto fail = [&] {
    throw Error(cat("invalid chmod parameter: ", quote(whole),
                    ". it should be octal string and between 0 and 07777, or like u=rwX,go=rX"));
  };
  const auto op = clause.find_first_of("=+-");
  if (op == std::string_view::npos) fail();
  mode_t who = 0;  // a bit for each of "others", "group", "user": 1, 8, 64
  for (const char c : clause.substr(0, op)) {
    if (c == 'u')
      who |= 0100;
    else if (c == 'g')
      who |= 0010;
    else if (c == 'o')
      who |= 0001;
    else if (c == 'a')
      who |= 0111;
    else
      fail();
  }
  if (who == 0) who = 0111;
  mode_t bits = 0;
  for (const char c : clause.substr(op + 1)) {
    const bool executable = S_ISDIR(mode) || (mode & 0111) != 0;
    if (c == 'r')
      bits |= who * 4;
    else if (c == 'w')
      bits |= who * 2;
    else if (c == 'x' || (c == 'X' && executable))
      bits |= who;
    else if (c == 's')
      bits |= ((who & 0100) != 0 ? 04000U : 0U) | ((who & 0010) != 0 ? 02000U : 0U);
    else if (c == 't')
      bits |= 01000;
    else if (c != 'X')
      fail();
  }
  if (clause[op] == '+') return mode | bits;
  if (clause[op] == '-') return mode & ~bits;
  return (mode & ~(who * 7)) | bits;
}

}  // namespace

mode_t change_mode(mode_t mode, std::string_view change) {
  unsigned octal = 0;
  const auto [end, error] = std::from_chars(change.data(), change.data() + change.size(), octal, 8);
  if (error == std::errc() && end == change.data() + change.size() && octal <= 07777) return octal;
  std::string_view rest = change;
  do {
    const std::string_view clause = rest.substr(0, rest.find(','));
    mode = apply_clause(mode, clause, change);
    rest.remove_prefix(std::min(clause.size() + 1, rest.size()));
  } while (!rest.empty());
  return mode & 07777;
}

}  // namespace husk::dockerfile
