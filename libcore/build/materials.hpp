#pragma once

#include "libcore/oci/provenance.hpp"

#include <map>
#include <set>
#include <string>
#include <string_view>

namespace husk::build {

/// What a stage was made from, for its provenance: names, and never the content of a secret. Plain data.
struct Materials {
  std::set<std::string> images;               // image_key()
  std::map<std::string, std::string> remote;  // URL without credentials: "sha256:…", or "sha1:…" of a commit
  std::set<std::string> locals;               // directories of --build-context, by name
  std::map<std::string, bool> secrets;        // by id: whether one of those who use it can't do without
  std::map<std::string, bool> agents;
  bool network = false;  // something that was executed had one
  friend bool operator==(const Materials&, const Materials&) = default;

  void add(const Materials& other);
};

/// "sha1:COMMIT", or "sha256:COMMIT" where it is as long as that.
std::string commit_digest(std::string_view commit);

/// As text that one process sends another.
std::string print_materials(const Materials& materials);
Materials parse_materials(std::string_view text);

}  // namespace husk::build
