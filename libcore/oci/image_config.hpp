#pragma once

#include "libcore/oci/verified.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace husk::oci {

/// HEALTHCHECK; docker's extension of the configuration, durations in nanoseconds.
struct Healthcheck {
  std::vector<std::string> test;
  std::int64_t interval = 0, timeout = 0, start_period = 0, start_interval = 0;
  int retries = 0;
  friend bool operator==(const Healthcheck&, const Healthcheck&) = default;
};

struct HistoryEntry {
  std::string created;  // RFC 3339
  std::string created_by;
  std::string comment;
  std::string author;
  bool empty_layer = false;
  friend bool operator==(const HistoryEntry&, const HistoryEntry&) = default;
};

/// OCI image-spec, config.md, and docker's Healthcheck, OnBuild and Shell, which BuildKit keeps there too.
struct ImageConfig {
  std::string created;  // RFC 3339, may be empty
  std::string author;
  Platform platform;
  std::string os_version;

  std::string user;
  std::set<std::string> exposed_ports;  // "80/tcp"
  std::vector<std::string> env;         // "NAME=VALUE"
  std::optional<std::vector<std::string>> entrypoint;
  std::optional<std::vector<std::string>> cmd;
  std::set<std::string> volumes;
  std::string working_dir;
  std::map<std::string, std::string> labels;
  std::string stop_signal;
  bool args_escaped = false;
  std::optional<Healthcheck> healthcheck;
  std::vector<std::string> on_build;
  std::optional<std::vector<std::string>> shell;

  std::vector<Digest> diff_ids;  // lowest layer first
  std::vector<HistoryEntry> history;

  friend bool operator==(const ImageConfig&, const ImageConfig&) = default;
};

ImageConfig parse_image_config(const Verified& document);

/// Canonical: the same configuration gives the same bytes.
std::string print_image_config(const ImageConfig& config);

}  // namespace husk::oci
