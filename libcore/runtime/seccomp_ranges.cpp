#include "libcore/runtime/seccomp_ranges.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <map>
#include <set>
#include <stdexcept>

namespace husk::runtime {
namespace {

constexpr std::uint16_t load = BPF_LD | BPF_W | BPF_ABS;
constexpr std::uint16_t jump = BPF_JMP | BPF_JA;
constexpr std::uint16_t jump_equal = BPF_JMP | BPF_JEQ | BPF_K;
constexpr std::uint16_t jump_greater = BPF_JMP | BPF_JGT | BPF_K;
constexpr std::uint16_t jump_not_less = BPF_JMP | BPF_JGE | BPF_K;
constexpr std::uint16_t and_with = BPF_ALU | BPF_AND | BPF_K;
constexpr std::uint16_t answer = BPF_RET | BPF_K;

constexpr std::uint32_t of_number = offsetof(seccomp_data, nr);
constexpr std::uint32_t of_architecture = offsetof(seccomp_data, arch);
constexpr std::size_t end_of_answer = ~std::size_t{0};

bool compares(const sock_filter& each) {
  return each.code == jump_equal || each.code == jump_greater || each.code == jump_not_less;
}

// How it goes on after the instruction AT; the accumulator is A.
std::size_t next(const sock_filter& each, std::size_t at, std::uint32_t a) {
  if (each.code == jump) return at + 1 + each.k;
  const bool yes = each.code == jump_equal     ? a == each.k
                   : each.code == jump_greater ? a > each.k
                                               : a >= each.k;
  return at + 1 + (yes ? each.jt : each.jf);
}

// What the number of a call leads to: an answer, or the place where its arguments are looked at.
struct Decision {
  std::size_t place = end_of_answer;
  std::uint32_t value = 0;
  friend bool operator==(const Decision&, const Decision&) = default;
};

Decision decide(const Filter& filter, std::uint32_t architecture, std::uint32_t number) {
  std::uint32_t a = 0;
  for (std::size_t at = 0; at < filter.size();) {
    const sock_filter& each = filter[at];
    if (each.code == answer) return {end_of_answer, each.k};
    if (each.code == load) {
      if (each.k != of_number && each.k != of_architecture) return {at, 0};
      a = each.k == of_number ? number : architecture;
      ++at;
    } else if (compares(each) || each.code == jump) {
      at = next(each, at, a);
    } else {
      throw std::logic_error("the filter computes with the number of a call");
    }
  }
  throw std::logic_error("the filter ends without an answer");
}

struct Range {
  std::uint32_t first;
  Decision decision;
};

std::vector<Range> find_ranges(const Filter& filter, std::uint32_t architecture) {
  std::vector<Range> ranges;
  for (const std::uint32_t first : interesting_values(filter)) {
    const Decision decision = decide(filter, architecture, first);
    if (ranges.empty() || ranges.back().decision != decision) ranges.push_back({first, decision});
  }
  return ranges;
}

sock_filter instruction(std::uint16_t code, std::uint32_t k, std::size_t yes = 0, std::size_t no = 0) {
  if (yes > 255 || no > 255) throw std::logic_error("a jump of the filter is too far");
  return {code, static_cast<std::uint8_t>(yes), static_cast<std::uint8_t>(no), k};
}

// Puts the new filter together. What looks at arguments comes last: jumps to it are filled in then.
class Writer {
 public:
  explicit Writer(const Filter& old) : old_(old) {}

  Filter write(const std::set<std::uint32_t>& architectures, std::uint32_t another) {
    new_.push_back(instruction(load, of_architecture));
    for (const std::uint32_t architecture : architectures) {
      const Filter block = write_block(find_ranges(old_, architecture));
      new_.push_back(instruction(jump_equal, architecture, 1, 0));
      new_.push_back(instruction(jump, static_cast<std::uint32_t>(block.size())));
      new_.insert(new_.end(), block.begin(), block.end());
    }
    const Decision otherwise = decide(old_, another, 0);
    if (otherwise.place != end_of_answer) throw std::logic_error("arguments of an unknown architecture");
    new_.push_back(instruction(answer, otherwise.value));
    append_places();
    return std::move(new_);
  }

 private:
  Filter write_block(const std::vector<Range>& ranges) {
    Filter block = {instruction(load, of_number)};
    write_tree(ranges.data(), ranges.data() + ranges.size(), block);
    return block;
  }

  // A binary tree over [BEGIN, END).
  void write_tree(const Range* begin, const Range* end, Filter& out) {
    if (end - begin == 1) {
      const Decision& decision = begin->decision;
      if (decision.place != end_of_answer) places_.insert(decision.place);
      out.push_back(decision.place == end_of_answer
                        ? instruction(answer, decision.value)
                        : instruction(jump_to_place, static_cast<std::uint32_t>(decision.place)));
      return;
    }
    const Range* const middle = begin + (end - begin) / 2;
    Filter left;
    write_tree(begin, middle, left);
    out.push_back(instruction(jump_not_less, middle->first, left.size(), 0));
    out.insert(out.end(), left.begin(), left.end());
    write_tree(middle, end, out);
  }

  // All that can be reached from the places, in the old order, so that every jump still goes forward and none
  // gets longer.
  void append_places() {
    std::set<std::size_t> reached;
    std::vector<std::size_t> open(places_.begin(), places_.end());
    while (!open.empty()) {
      const std::size_t at = open.back();
      open.pop_back();
      if (!reached.insert(at).second || old_.at(at).code == answer) continue;
      const sock_filter& each = old_[at];
      if (compares(each)) open.push_back(at + 1 + each.jt);
      open.push_back(at + 1 + (compares(each) ? each.jf : each.code == jump ? each.k : 0));
    }
    std::map<std::size_t, std::size_t> moved;
    for (const std::size_t at : reached) moved.emplace(at, new_.size() + moved.size());
    for (std::size_t at = 0; at < new_.size(); ++at) {
      if (new_[at].code != jump_to_place) continue;
      new_[at] = instruction(jump, static_cast<std::uint32_t>(moved.at(new_[at].k) - at - 1));
    }
    for (const std::size_t at : reached) {
      sock_filter each = old_[at];
      const auto distance = [&](std::size_t target) { return moved.at(target) - moved.at(at) - 1; };
      if (compares(each)) {
        each = instruction(each.code, each.k, distance(at + 1 + each.jt), distance(at + 1 + each.jf));
      } else if (each.code == jump) {
        each.k = static_cast<std::uint32_t>(distance(at + 1 + each.k));
      }
      new_.push_back(each);
    }
  }

  static constexpr std::uint16_t jump_to_place = 0xffff;  // no code of the kernel's

  const Filter& old_;
  Filter new_;
  std::set<std::size_t> places_;
};

}  // namespace

Filter merge_ranges(const Filter& filter) {
  // As a call of an architecture that the filter does not know goes, it is compared with all that it knows.
  std::set<std::uint32_t> architectures;
  for (std::size_t at = 0; filter.at(at).code != answer;) {
    const sock_filter& each = filter[at];
    if (each.code == load && each.k != of_architecture) break;
    if (compares(each) && each.code != jump_equal) throw std::logic_error("a range of architectures");
    if (each.code == jump_equal) architectures.insert(each.k);
    at = each.code == jump_equal ? at + 1 + each.jf : each.code == jump ? at + 1 + each.k : at + 1;
  }
  std::uint32_t another = 0;
  while (architectures.contains(another)) ++another;
  return Writer(filter).write(architectures, another);
}

std::uint32_t run_filter(const Filter& filter, const seccomp_data& call) {
  std::array<std::uint32_t, sizeof call / 4> words{};
  std::memcpy(words.data(), &call, sizeof call);
  std::uint32_t a = 0;
  for (std::size_t at = 0;;) {
    const sock_filter& each = filter.at(at);
    if (each.code == answer) return each.k;
    if (each.code == load) a = words.at(each.k / 4);
    if (each.code == and_with) a &= each.k;
    at = compares(each) || each.code == jump ? next(each, at, a) : at + 1;
  }
}

std::vector<std::uint32_t> interesting_values(const Filter& filter) {
  std::set<std::uint32_t> values = {0, 0xffffffff};
  for (const sock_filter& each : filter) {
    if (compares(each) || each.code == and_with) values.insert({each.k - 1, each.k, each.k + 1});
  }
  return {values.begin(), values.end()};
}

}  // namespace husk::runtime
