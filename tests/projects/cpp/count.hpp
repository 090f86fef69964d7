#pragma once

#include <istream>
#include <map>
#include <string>

// How often each word is in a text.
std::map<std::string, int> count_words(std::istream& text);
