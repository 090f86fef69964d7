#include "libcore/container/top.hpp"

#include "libcore/base/ascii.hpp"
#include "libcore/base/error.hpp"
#include "libcore/base/run_program.hpp"
#include "libcore/container/lines.hpp"
#include "libcore/container/processes.hpp"

#include <algorithm>
#include <charconv>

namespace husk::container {
namespace {

// At most COUNT; the last one has the rest of the line.
std::vector<std::string> split_words(std::string_view line, std::size_t count) {
  std::vector<std::string> words;
  line = trim_blanks(line);
  while (!line.empty()) {
    const auto end = words.size() + 1 == count ? std::string_view::npos : line.find(' ');
    words.emplace_back(line.substr(0, end));
    line = end == std::string_view::npos ? std::string_view{} : trim_blanks(line.substr(end));
  }
  return words;
}

ProgramResult run_ps(std::vector<std::string> options, const std::string& selection) {
  std::vector<std::string> selected = options;
  selected.push_back(selection);
  ProgramResult result = run_program({.name = "ps", .arguments = std::move(selected)});
  // Some options can't stand beside it, as docker top knows, too: then all processes are listed first.
  if (result.status.code != 0) result = run_program({.name = "ps", .arguments = std::move(options)});
  return result;
}

}  // namespace

std::vector<std::vector<std::string>> select_processes(std::string_view output,
                                                       const std::vector<pid_t>& pids) {
  std::vector<std::vector<std::string>> lines;
  std::size_t column = 0;
  for (const std::string& line : split_lines(output)) {
    if (lines.empty()) {
      lines.push_back(split_words(line, std::string::npos));
      const auto found = std::ranges::find(lines.front(), "PID");
      if (found == lines.front().end()) {
        Error error("what ps prints with these options has no column PID");
        error.set_hint("add it, as in: -o pid,cmd");
        throw error;
      }
      column = static_cast<std::size_t>(found - lines.front().begin());
      continue;
    }
    std::vector<std::string> words = split_words(line, lines.front().size());
    pid_t pid = 0;
    if (column < words.size())
      (void)std::from_chars(words[column].data(), words[column].data() + words[column].size(), pid);
    if (!std::ranges::binary_search(pids, pid)) continue;
    for (std::string& word : words) word = escape(word);
    lines.push_back(std::move(words));
  }
  return lines;
}

std::vector<std::vector<std::string>> list_top(const store::Container& container,
                                               const std::vector<std::string>& options) {
  const store::ContainerState state = store::read_state(container);
  if (state.status != store::Status::running)
    throw Error(cat("container ", quote(container.config().name), " is not running"));
  const std::vector<pid_t> pids = list_processes(state.pid);
  std::string selection = "-q";
  for (const pid_t pid : pids) selection += cat(pid == pids.front() ? "" : ",", pid);
  const ProgramResult result = run_ps(options, selection);
  if (result.status.code != 0) throw Error(cat("ps: ", trim_blanks(result.errors, " \n")));
  if (constexpr std::size_t kept = 65536; result.output.size() >= kept)
    throw Error("ps prints more than 64 KiB with these options");
  return select_processes(result.output, pids);
}

}  // namespace husk::container
