#include "count.hpp"

std::map<std::string, int> count_words(std::istream& text) {
  std::map<std::string, int> counts;
  for (std::string word; text >> word;) ++counts[word];
  return counts;
}
