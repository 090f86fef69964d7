#pragma once

#include "libcore/store/lease.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace husk::store {

/// logs/steps/<key>: all that a build step printed when it was made last. logs/builds/<id>: which steps a
/// build had, and what became of them. logs/parts/<key>: what the key was made of, for the builder. The
/// newest max_builds builds are kept, and of steps what those name.
inline constexpr std::size_t max_builds = 50;
/// A step that prints more loses what is in the middle.
inline constexpr std::uint64_t max_step_log = 16 << 20;

struct StepRecord {
  std::string name;   // "3", or "build:3" where there are several stages
  std::string state;  // "cached", "ran", "failed"
  std::string key;    // 64 hexadecimal digits; of its log
  std::string text;   // the instruction
};

struct BuildRecord {
  std::string id;      // sorts by time
  std::string time;    // RFC 3339
  std::string result;  // the id of the image, or what went wrong
  std::vector<StepRecord> steps;
};

/// Removes builds but the newest max_builds, and the logs of steps that no build names that is left. For
/// garbage collection, while nobody builds: the steps of a build that is not over are named by none.
void remove_old_logs(const Store& store);

/// Writes the record and gives it an id; removes old ones if there are very many.
void put_build_record(const Lease& lease, const BuildRecord& record);

/// All, the oldest first; damaged ones are left out.
std::vector<BuildRecord> list_build_records(const Store& store);

/// A step's log in the making. Without commit(), nothing is kept.
class StepLog {
 public:
  explicit StepLog(const Lease& lease);
  void write(std::string_view text);
  void commit(const std::string& key);

 private:
  const Lease* lease_;
  std::string name_;
  Fd file_;
  std::uint64_t size_ = 0;
};

/// The log of a step; nothing if there is none.
std::optional<Fd> find_step_log(const Store& store, const std::string& key);

}  // namespace husk::store
