#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace husk {

enum class LockKind : std::uint8_t { shared, exclusive };

/// Takes an open-file-description lock (F_OFD_SETLK, fcntl(2)) on the whole of FD at once or not at all. The
/// kernel releases it when the last copy of the descriptor is closed, however the process ends; it must
/// therefore never be inherited by a container.
bool try_lock(int fd, LockKind kind);

/// Releases it at once, also where a child process has a copy of the descriptor.
void unlock(int fd) noexcept;

/// Waits for it. After a second, TELL is called once with who holds it, when the kernel knows: "held by
/// process 12".
void lock(int fd, LockKind kind, std::string_view name, const std::function<void(const std::string&)>& tell);

}  // namespace husk
