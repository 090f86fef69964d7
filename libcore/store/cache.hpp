#pragma once

#include "libcore/oci/digest.hpp"
#include "libcore/store/lease.hpp"

#include <optional>
#include <string>

namespace husk::store {

/// cache/<key>: what a build step gave. A lookup is one open(2). The value is the build module's text; the layers that
/// it names (`diff_id`) are not garbage while the record is there.
struct CacheRecord {
  std::optional<oci::Digest> diff_id;  // nothing: the step changed no file
  std::string note;                    // free text of the builder: the instruction, what went into the key
};

std::optional<CacheRecord> find_cache_record(const Store& store, const std::string& key_hex);
void put_cache_record(const Lease& lease, const std::string& key_hex, const CacheRecord& record);

}  // namespace husk::store
