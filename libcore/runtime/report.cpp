#include "libcore/runtime/report.hpp"

#include "libcore/runtime/rootfs.hpp"

#include <sys/socket.h>
#include <unistd.h>
#include <cerrno>
#include <cstring>

namespace husk::runtime {
namespace {

std::string describe(Step step, Quoted subject) {
  switch (step) {
    case Step::join: return cat("enter the container: ", subject.text);
    case Step::take_plan: return "take over the plan";
    case Step::wait_for_parent: return "wait for the id maps";
    case Step::open_volume: return cat("open volume ", subject);
    case Step::leave_mounts_out:
      return cat("leave out what is mounted below ", subject,
                 ", which the kernel forbids in a user namespace");
    case Step::mount_tree: return cat("mount ", subject);
    case Step::open_in_tree: return cat("open ", subject, " in what is to be mounted");
    case Step::write_secret: return cat("write the secret for ", subject);
    case Step::own_secret: return cat("set the owner of the secret for ", subject);
    case Step::prepare_files: return cat("prepare ", subject);
    case Step::mount_root: return "mount the root file system";
    case Step::mount_system: return cat("mount ", subject);
    case Step::bind_device: return cat("bind the device ", subject);
    case Step::mask_path: return cat("hide ", subject);
    case Step::bind_etc: return cat("bind ", subject);
    case Step::bind_volume: return cat("bind the volume on ", subject);
    case Step::make_working_directory: return cat("make the working directory ", subject);
    case Step::enter_root: return "enter the root file system";
    case Step::set_host_name: return "set the host name";
    case Step::set_limits: return "set the limits";
    case Step::set_limit: return cat("set the limit ", subject);
    case Step::adjust_oom_score: return cat("set the OOM score adjustment ", subject);
    case Step::set_setting: return cat("set ", subject);
    case Step::hide_path: return cat("hide ", subject);
    case Step::start_init: return "start the first process";
    case Step::open_terminal: return "open a terminal";
    case Step::redirect_input: return "redirect standard input";
    case Step::find_user: return cat("become user ", subject);
    case Step::no_such_user: return cat("no user ", subject, " in the image's /etc/passwd");
    case Step::no_such_group: return cat("no group ", subject, " in the image's /etc/group");
    case Step::bad_user_file: return cat("the image's ", subject, " is no regular file of sensible size");
    case Step::enter_working_directory: return cat("change to the working directory ", subject);
    case Step::outside_working_directory:
      return cat("working directory ", subject, " is outside the container");
    case Step::set_identity: return cat("become user ", subject);
    case Step::set_capabilities: return "set the capabilities";
    case Step::load_filters: return "load the system-call filter";
    case Step::execute: return cat("execute ", subject);
  }
  return "?";
}

bool is_complete(Step step) {
  return step == Step::no_such_user || step == Step::no_such_group || step == Step::bad_user_file ||
         step == Step::outside_working_directory || step == Step::leave_mounts_out;
}

void add_hint(SysError& error, Step step) {
  if (step == Step::mount_root || step == Step::mount_tree) add_overlay_hint(error);
  if (step == Step::own_secret && error.code() == EINVAL) {
    error.set_hint("this id is not in the container's id map: see /etc/subuid and /etc/subgid");
  }
  if (step == Step::set_limit && error.code() == EPERM) {
    error.set_hint("nobody but root can raise a limit over the hard one that the caller has: see ulimit -Ha");
  }
  if (step == Step::adjust_oom_score && error.code() == EACCES)
    error.set_hint("nobody but root can make it lower than the caller's");
  if (step == Step::set_setting && (error.code() == EACCES || error.code() == EPERM))
    error.set_hint("this kernel lets nobody but root of the host set that");
  if (step == Step::set_identity && (error.code() == EINVAL || error.code() == EPERM)) {
    error.set_hint(
        "this id is not in the container's id map: with a range of subordinate ids in /etc/subuid and "
        "/etc/subgid it "
        "would be; --user=0 runs as root of the container");
  }
  if (step == Step::mount_system && error.code() == EPERM) {
    error.set_hint("a /proc or /sys that is partly hidden forbids it: are we in a container already?");
  }
  if (step == Step::load_filters) error.set_hint("this needs a kernel with CONFIG_SECCOMP_FILTER");
  if (step == Step::execute && error.code() == ENOEXEC) {
    error.set_hint("is the image for another processor, or is it a script without '#!'?");
  }
}

}  // namespace

void fail(int control, Step step, const char* subject) noexcept {
  Failure failure{step, errno, {}};
  for (std::size_t index = 0; index + 1 < sizeof failure.subject && subject[index] != '\0'; ++index) {
    failure.subject[index] = subject[index];
  }
  (void)::send(control, &failure, sizeof failure, MSG_NOSIGNAL);
  ::_exit(1);
}

Error make_error(const Failure& failure) {
  const std::string_view subject(failure.subject, ::strnlen(failure.subject, sizeof failure.subject));
  if (is_complete(failure.step)) return Error(describe(failure.step, quote(subject)), Exit::engine);
  SysError error(failure.error, describe(failure.step, quote(subject)));
  const bool missing = failure.error == ENOENT || failure.error == ENOTDIR;
  error.set_exit(failure.step != Step::execute ? Exit::engine
                 : missing                     ? Exit::not_found
                                               : Exit::not_executable);
  add_hint(error, failure.step);
  return static_cast<const Error&>(error);  // the message has the errno in words
}

}  // namespace husk::runtime
