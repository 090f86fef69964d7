#pragma once

#include "libcore/base/error.hpp"

#include <cstdint>

namespace husk::runtime {

/// What the first process of a container does before execve(2). The parent names the one that failed.
enum class Step : std::uint8_t {
  join,  // the namespaces of a container
  take_plan,
  wait_for_parent,
  open_volume,
  leave_mounts_out,
  mount_tree,
  open_in_tree,
  write_secret,
  own_secret,
  prepare_files,
  mount_root,
  mount_system,  // proc, sysfs, devpts …
  bind_device,
  mask_path,
  bind_etc,
  bind_volume,
  make_working_directory,
  enter_root,
  set_host_name,
  set_limits,
  set_limit,
  adjust_oom_score,
  set_setting,
  hide_path,
  start_init,
  open_terminal,
  redirect_input,
  find_user,
  no_such_user,
  no_such_group,
  bad_user_file,
  enter_working_directory,
  outside_working_directory,
  set_identity,
  set_capabilities,
  load_filters,
  execute,
};

/// What is sent over the control socket. One message, always smaller than what the kernel takes at once.
struct Failure {
  Step step;
  int error;
  char subject[256];  // the path or name that it is about; ends with a zero byte
};

/// Tells the parent and ends the process. Allocates nothing.
[[noreturn]] void fail(int control, Step step, const char* subject = "") noexcept;

/// The exception for it, with its hint and exit code.
Error make_error(const Failure& failure);

}  // namespace husk::runtime
