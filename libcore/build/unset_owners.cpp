#include "libcore/build/unset_owners.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"

#include <unistd.h>
#include <algorithm>
#include <charconv>
#include <map>

namespace husk::build {
namespace {

constexpr std::size_t max_owners_size = 1 << 30;

}  // namespace

UnsetOwnersFile::UnsetOwnersFile() : file_(make_memory_file("owners of copied files")) {}

void UnsetOwnersFile::write(const std::vector<UnsetOwner>& owners) const {
  std::string out;
  for (const UnsetOwner& each : owners) {
    out += cat(each.owner.uid, " ", each.owner.gid, " ", each.path);
    out += '\0';
  }
  write_all(file_.get(), out, "owners of copied files");
}

std::vector<archive::RecordedOwner> UnsetOwnersFile::read() const {
  if (::lseek(file_.get(), 0, SEEK_SET) != 0) throw_errno("rewind a file in memory");
  const std::string text = read_all(file_.get(), max_owners_size, "owners of copied files");
  std::map<std::string, Owner> owners;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view each = rest.substr(0, rest.find('\0'));
    rest.remove_prefix(std::min(each.size() + 1, rest.size()));
    Owner owner;
    const char* const end = each.data() + each.size();
    const char* next = std::from_chars(each.data(), end, owner.uid).ptr;
    next = std::from_chars(next + 1, end, owner.gid).ptr;
    owners.insert_or_assign(std::string(next + 1, end), owner);
  }
  std::vector<archive::RecordedOwner> out;
  out.reserve(owners.size());
  for (const auto& [path, owner] : owners) out.push_back({path, owner.uid, owner.gid});
  return out;
}

}  // namespace husk::build
