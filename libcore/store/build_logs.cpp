#include "libcore/store/build_logs.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/base/message.hpp"
#include "libcore/base/random.hpp"
#include "libcore/base/sys.hpp"
#include "libcore/base/time.hpp"
#include "libcore/store/list_directory.hpp"
#include "libcore/store/state_file.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <algorithm>
#include <set>

namespace husk::store {
namespace {

constexpr std::size_t max_record = 4 << 20;
constexpr const char* builds = "logs/builds";
constexpr const char* steps = "logs/steps";

std::string print(const BuildRecord& record) {
  std::string out;
  add_field(out, record.time);
  add_field(out, record.result);
  for (const StepRecord& step : record.steps) {
    for (const std::string& field : {step.name, step.state, step.key, step.text}) add_field(out, field);
  }
  return out;
}

BuildRecord parse(const std::string& id, std::string_view text) {
  BuildRecord record{.id = id, .time = take_field(text), .result = take_field(text), .steps = {}};
  while (!text.empty()) {
    StepRecord step;
    for (std::string* field : {&step.name, &step.state, &step.key, &step.text}) *field = take_field(text);
    record.steps.push_back(std::move(step));
  }
  return record;
}

}  // namespace

void remove_old_logs(const Store& store) {
  const std::vector<std::string> ids = list_directory(store, builds);
  for (std::size_t i = 0; i + max_builds < ids.size(); ++i) {
    (void)sys::try_unlink_at(store.directory(), cat(builds, "/", ids[i]), 0);
  }
  std::set<std::string> named;
  for (const BuildRecord& record : list_build_records(store)) {
    for (const StepRecord& step : record.steps) named.insert(step.key);
  }
  for (const char* const directory : {steps, "logs/parts"}) {
    for (const std::string& key : list_directory(store, directory)) {
      if (!named.contains(key)) (void)sys::try_unlink_at(store.directory(), cat(directory, "/", key), 0);
    }
  }
}

void put_build_record(const Lease& lease, const BuildRecord& record) {
  std::string id;
  for (const char c : record.time.substr(0, record.time.find('.'))) {
    if (c >= '0' && c <= '9') id += c;
  }
  write_state_file(lease, builds, cat(id, "-", random_hex(3)), print(record), Durability::lazy);
  // Only when twice as many are there: a build that has nothing to do should not read all of them.
  if (list_directory(lease.store(), builds).size() >= 2 * max_builds) remove_old_logs(lease.store());
}

std::vector<BuildRecord> list_build_records(const Store& store) {
  std::vector<BuildRecord> records;
  for (const std::string& id : list_directory(store, builds)) {
    try {
      if (const auto text = find_state_file(store, cat(builds, "/", id), max_record)) {
        records.push_back(parse(id, *text));
      }
    } catch (const Error&) {
      // After a power failure it may be cut short: one log less.
    }
  }
  // The id says the second only.
  std::stable_sort(records.begin(), records.end(), [](const auto& one, const auto& other) {
    return parse_rfc3339(one.time) < parse_rfc3339(other.time);
  });
  return records;
}

StepLog::StepLog(const Lease& lease)
    : lease_(&lease),
      name_("log-" + random_hex(8)),
      file_(sys::create_at(lease.tmp(), name_, O_CREAT | O_EXCL | O_RDWR, 0600)) {}

void StepLog::write(std::string_view text) {
  write_all(file_.get(), text, "log");
  size_ += text.size();
  if (size_ <= max_step_log) return;
  // The beginning and the end say most.
  constexpr std::uint64_t part = max_step_log / 4;
  std::string tail(part, '\0');
  const ssize_t count = ::pread(file_.get(), tail.data(), tail.size(), static_cast<off_t>(size_ - part));
  if (count < 0 || ::ftruncate(file_.get(), static_cast<off_t>(part)) != 0 ||
      ::lseek(file_.get(), 0, SEEK_END) < 0)
    throw_errno("shorten a log");
  tail.resize(static_cast<std::size_t>(count));
  const std::string both = cat("\n[", size_ - 2 * part, " bytes are left out here]\n", tail);
  write_all(file_.get(), both, "log");
  size_ = part + both.size();
}

void StepLog::commit(const std::string& key) {
  sys::rename_at(lease_->tmp(), name_, lease_->store().open_directory(steps).get(), key);
}

std::optional<Fd> find_step_log(const Store& store, const std::string& key) {
  Fd file(::openat(store.directory(), cat(steps, "/", key).c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  return file ? std::optional(std::move(file)) : std::nullopt;
}

}  // namespace husk::store
