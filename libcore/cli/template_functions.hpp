#pragma once

#include "libcore/base/value.hpp"

#include <string>
#include <string_view>

namespace husk::cli {

/// The functions of Go's text/template, but for "call" and those that escape, and docker's own: join, json,
/// lower, pad, split, title, truncate, upper.
bool is_template_function(std::string_view name);
/// All names, for a message.
std::string list_template_functions();

/// Throws Error if the arguments are not what it takes.
Value call_template_function(std::string_view name, const Value::List& arguments);

/// Whether it changes its first argument, a text or list to print, and gives it back.
bool is_text_function(std::string_view name);

/// As {{.}} prints it: a list is "[a b]", an object "map[name:value]" in the order of names.
std::string print_plain(const Value& value);

/// What {{if}} asks: neither null, false, 0 nor empty.
bool is_true(const Value& value);

}  // namespace husk::cli
