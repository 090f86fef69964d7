#include "libcore/build/build_log.hpp"

#include "libcore/base/columns.hpp"
#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/base/time.hpp"

#include <unistd.h>
#include <algorithm>
#include <cstdio>

namespace husk::build {
namespace {

using store::BuildRecord;
using store::StepRecord;

BuildRecord find_build(const store::Store& store, const std::string& build) {
  std::vector<BuildRecord> records = store::list_build_records(store);
  if (records.empty()) throw Error("there is no log of a build");
  if (build == "last") return records.back();
  const auto found =
      std::find_if(records.begin(), records.end(), [&](const auto& each) { return each.id == build; });
  if (found != records.end()) return *found;
  Error error(cat("there is no log of a build ", quote(build)));
  error.set_hint("husk-build --log list shows which there are");
  throw error;
}

// A terminal gets the text only; a file or a pipe every byte.
void print_output(const Fd& log) {
  if (::isatty(STDOUT_FILENO) != 1) {
    std::string buffer(65536, '\0');
    for (;;) {
      const std::size_t count =
          read_some(log.get(), std::as_writable_bytes(std::span(buffer.data(), buffer.size())));
      if (count == 0) return;
      std::fwrite(buffer.data(), 1, count, stdout);
    }
  }
  const std::string text = read_all(log.get(), 2 * store::max_step_log, "log");
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    std::puts(plain_line(line).c_str());
  }
}

void print_steps(const store::Store& store, const BuildRecord& record) {
  for (const StepRecord& step : record.steps) {
    std::puts(cat("[", step.name, "] ", step.text, "  ", step.state).c_str());
    if (const auto log = store::find_step_log(store, step.key)) print_output(*log);
  }
  std::puts(escape(record.result).c_str());
}

void print_list(const store::Store& store) {
  for (const BuildRecord& record : store::list_build_records(store)) {
    const std::string result = record.result.substr(0, record.result.find('\n'));
    std::puts(cat(record.id, "  ", record.steps.size(), " steps  ", escape(result)).c_str());
  }
}

}  // namespace

std::string BuildLog::name_of(const Event& event) const {
  const auto stage = stages_.find(event.stage);
  return stages_.size() > 1 && stage != stages_.end() ? cat(stage->second, ":", event.step) : cat(event.step);
}

void BuildLog::end(const Event& event, const char* state) {
  if (const auto log = open_.find(event.stage); log != open_.end()) {
    const bool kept = keep([&] { log->second.commit(event.key); });
    open_.erase(event.stage);
    if (kept && event.kind == Event::Kind::failed) failed_ = name_of(event);
  }
  record_.steps.push_back({name_of(event), state, event.key, event.text});
}

void BuildLog::hear(const Event& event) {
  using Kind = Event::Kind;
  if (event.kind == Kind::stage) stages_[event.stage] = event.text;
  if (event.kind == Kind::output)
    (void)keep([&] { open_.try_emplace(event.stage, lease_).first->second.write(event.text); });
  if (event.kind == Kind::cached) end(event, "cached");
  if (event.kind == Kind::done) end(event, "ran");
  if (event.kind == Kind::failed) end(event, "failed");
}

// A step that fills the disk has to be heard all the same: what it printed says why it failed.
bool BuildLog::keep(const std::function<void()>& write) {
  if (complete_) {
    try {
      write();
    } catch (const Error&) {
      complete_ = false;
      open_.clear();
    }
  }
  return complete_;
}

void BuildLog::finish(const std::string& image_id) {
  record_.time = format_rfc3339(now());
  record_.result = image_id;
  store::put_build_record(lease_, record_);
}

void BuildLog::fail(const std::string& reason) {
  (void)keep([&] { finish(reason); });
  if (!complete_) failed_.clear();
}

void show_log(const store::Store& store, const std::string& build, const std::string& step) {
  if (build == "list") return print_list(store);
  const BuildRecord record = find_build(store, build);
  if (step.empty()) return print_steps(store, record);
  const auto found = std::find_if(record.steps.begin(), record.steps.end(),
                                  [&](const auto& each) { return each.name == step; });
  if (found == record.steps.end()) {
    Error error(cat("the build has no step ", quote(step), " that could print something"));
    error.set_hint(cat("husk-build --log ", record.id, " shows all"));
    throw error;
  }
  if (const auto log = store::find_step_log(store, found->key)) print_output(*log);
}

}  // namespace husk::build
