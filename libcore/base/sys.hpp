#pragma once

#include "libcore/base/fd.hpp"

#include <sys/types.h>
#include <string>
#include <string_view>

/// The system calls by which the store changes something. All of it goes through here, so that a test build
/// (-Dfaults=true) can make the k-th of them fail, or kill the process there:
///
///     HUSK_FAULT=ENOSPC:7   the seventh call fails with ENOSPC
///     HUSK_FAULT=kill:7     SIGKILL before the seventh call
///     HUSK_FAULT=kill:NAME  SIGKILL at reached("NAME")
///
/// In every other build the functions are the plain calls. DIR is a directory descriptor or AT_FDCWD; errors
/// are thrown as SysError with the name of the file.
namespace husk::sys {

/// open(2) with O_CREAT or O_TMPFILE; O_CLOEXEC is added.
Fd create_at(int dir, const std::string& name, int flags, mode_t mode);
void make_directory_at(int dir, const std::string& name, mode_t mode);
/// False if it is there already, whatever it is.
bool try_make_directory_at(int dir, const std::string& name, mode_t mode);
/// Gives an unnamed file (O_TMPFILE) its name; false if the name is taken.
bool try_link_file(int file, int dir, const std::string& name);
/// renameat(2): replaces what is there.
void rename_at(int from_dir, const std::string& from, int to_dir, const std::string& to);
/// renameat2(2) with RENAME_NOREPLACE; false if the name is taken.
bool try_rename_at(int from_dir, const std::string& from, int to_dir, const std::string& to);
/// renameat2(2) with RENAME_EXCHANGE: each gets the other's place, in one step. False if one of them is not
/// there.
bool try_exchange_at(int dir, const std::string& name, int other_dir, const std::string& other);
/// False if the name is taken.
bool try_symlink_at(const std::string& target, int dir, const std::string& name);
/// FLAGS is 0 or AT_REMOVEDIR; false if it is not there.
bool try_unlink_at(int dir, const std::string& name, int flags);
/// After a failure the data may be lost: never tried again on the same descriptor.
void sync_data(int fd, std::string_view name);
void sync_all(int fd, std::string_view name);
void write_all(int fd, std::string_view text, std::string_view name);

/// A named place, for tests that kill here. Nothing in a normal build.
#ifdef HUSK_FAULTS
void reached(std::string_view place);
#else
inline void reached(std::string_view) {}
#endif

}  // namespace husk::sys
