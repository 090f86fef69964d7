#pragma once

#include "libcore/base/fd.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace husk::build {

/// Where the value of a secret comes from: husk-build --secret.
struct SecretSource {
  std::string id;
  std::filesystem::path file = {};         // absolute; "" for a variable
  std::string variable = {};               // of the caller's environment
  std::shared_ptr<const Fd> content = {};  // what FILE is then, where the user gave a pipe
};

/// "id=NAME,src=FILE", "id=NAME,env=VARIABLE", with type=file or type=env; NAME alone is the variable of that
/// name, else the file. Throws Error with exit usage; also for a file or variable that is not there.
SecretSource parse_secret(std::string_view text);

/// What a secret may have at most, as with docker.
inline constexpr std::size_t max_secret_size = 500 << 10;

/// The value in a file in memory, memfd_create(2): in this process's own memory, of which there could be a
/// core, it is for no longer than a copy takes.
Fd open_secret(const SecretSource& source);

/// The value itself, for an environment variable. A zero byte in it is an error.
std::string read_secret(const Fd& secret, std::string_view id);

}  // namespace husk::build
