#include "count.hpp"

#include <iostream>
#include <string_view>

int main(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == "--version") {
    std::cout << "words " VERSION << '\n';
    return 0;
  }
  for (const auto& [word, count] : count_words(std::cin)) std::cout << count << ' ' << word << '\n';
}
