#include "libcore/runtime/filesystem.hpp"

#include "libcore/base/text.hpp"
#include "libcore/runtime/in_root.hpp"
#include "libcore/runtime/kernel_mount.hpp"
#include "libcore/runtime/mount_sources.hpp"
#include "libcore/runtime/report.hpp"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <span>

namespace husk::runtime {
namespace {

constexpr unsigned safe = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;

// What tells of the host, or could change it. A name that is not there needs no hiding.
constexpr std::array<const char*, 9> masked_proc = {"acpi", "interrupts",    "kcore",
                                                    "keys", "latency_stats", "sched_debug",
                                                    "scsi", "timer_list",    "timer_stats"};
constexpr std::array<const char*, 6> read_only_proc = {"asound", "bus", "fs", "irq", "sys", "sysrq-trigger"};
constexpr std::array<const char*, 3> masked_sys = {"firmware", "fs/selinux", "devices/virtual/powercap"};

// One run of the set-up. The descriptors are closed by execve(2), or by the end of the process.
class Setup {
 public:
  Setup(const LaunchPlan& plan, const SystemMounts& system, int control) noexcept
      : plan_(plan), system_(system), control_(control), mounts_(plan.mounts, control) {}

  Filesystem run() noexcept {
    mounts_.open();
    mount_root();
    mount_proc();
    mount_sys();
    mount_dev();
    bind_files();
    mounts_.attach(root_);
    for (const std::string& path : plan_.system_paths.hidden) hide(path.c_str());
    make_working_directory();
    enter();
    return {root_, terminals_};
  }

 private:
  void need(bool done, Step step, const char* subject) const noexcept {
    if (!done) fail(control_, step, subject);
  }
  int need_fd(int fd, Step step, const char* subject) const noexcept {
    if (fd < 0) fail(control_, step, subject);
    return fd;
  }
  int need_made(const MadeMount& made, Step step, const char* subject) const noexcept {
    errno = made.error;
    return need_fd(made.mount, step, subject);
  }
  void attach(int mount, int target, Step step, const char* subject) const noexcept {
    need(target >= 0 && attach_mount(mount, target) == 0, step, subject);
    ::close(mount);
    ::close(target);
  }

  void make_scratch() noexcept;
  void mount_root() noexcept;
  void mount_proc() noexcept;
  void mount_sys() noexcept;
  void mount_dev() noexcept;
  bool is_visible(const char* directory, const char* name) const noexcept;
  void mask(int directory, const char* name) const noexcept;
  void mask_target(int target, const char* name) const noexcept;
  void hide(const char* path) const noexcept;
  void change_settings(int proc) const noexcept;
  void bind_files() noexcept;
  void make_working_directory() noexcept;
  void enter() noexcept;

  const LaunchPlan& plan_;
  const SystemMounts& system_;
  int control_;
  const MountSources mounts_;
  int scratch_ = -1;  // a tmpfs for what is made for this container: stubs, dev, etc, and the empty directory
  int root_ = -1;
  int dev_ = -1;
  int terminals_ = -1;
};

bool make_file(int directory, const char* name) noexcept {
  return ::mknodat(directory, name, S_IFREG | 0644, 0) == 0;
}

bool write_file(int directory, const PlannedFile& file) noexcept {
  const int fd = ::openat(directory, file.name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  const bool fine = fd >= 0 && ::write(fd, file.content.data(), file.content.size()) ==
                                   static_cast<ssize_t>(file.content.size());
  if (fd >= 0) ::close(fd);
  return fine;
}

// "stubs" becomes the lowest layer: it gives the image the places to mount on that it may lack, without a
// trace in the upper directory, which in a build is the next layer.
void Setup::make_scratch() noexcept {
  const MountOption options[] = {{"mode", "0755"}, {"size", "4m"}};
  scratch_ = need_fd(make_mount("tmpfs", options, MOUNT_ATTR_NOSUID), Step::prepare_files, "a tmpfs");
  need(::move_mount(scratch_, "", AT_FDCWD, spare_directory, MOVE_MOUNT_F_EMPTY_PATH) == 0,
       Step::prepare_files, "a tmpfs");
  bool fine = true;
  for (const char* const name : {"dev", "dev/pts", "dev/shm", "dev/mqueue", "etc", "empty", "stubs",
                                 "stubs/dev", "stubs/proc", "stubs/sys", "stubs/etc"}) {
    fine = fine && ::mkdirat(scratch_, name, 0755) == 0;
  }
  for (const Device& device : standard_devices) {
    char name[32] = "dev/";
    ::strncat(name, device.name, sizeof name - 5);
    fine = fine && make_file(scratch_, name);
  }
  need(fine, Step::prepare_files, "a tmpfs");
  const int etc = ::openat(scratch_, "etc", O_PATH | O_DIRECTORY | O_CLOEXEC);
  const int stubs = ::openat(scratch_, "stubs/etc", O_PATH | O_DIRECTORY | O_CLOEXEC);
  for (const PlannedFile& file : plan_.files) {
    need(write_file(etc, file) && make_file(stubs, file.name.c_str()), Step::prepare_files,
         file.name.c_str());
  }
  ::close(etc);
  ::close(stubs);
}

void Setup::mount_root() noexcept {
  make_scratch();
  char stubs[64] = "/proc/self/fd/";
  char* const end = std::to_chars(stubs + ::strlen(stubs), stubs + 40, scratch_).ptr;
  ::memcpy(end, "/stubs", sizeof "/stubs");
  root_ = need_fd(mount_overlay(plan_.root, stubs), Step::mount_root, "");
  need(::move_mount(root_, "", AT_FDCWD, spare_directory, MOVE_MOUNT_F_EMPTY_PATH) == 0, Step::mount_root,
       "");
}

// Over DIRECTORY/NAME the null device or an empty read-only directory.
void Setup::mask(int directory, const char* name) const noexcept {
  const int target = ::openat(directory, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
  if (target < 0 && (errno == ENOENT || errno == ENOTDIR)) return;
  mask_target(target, name);
}

void Setup::mask_target(int target, const char* name) const noexcept {
  struct stat status {};
  need(target >= 0 && ::fstat(target, &status) == 0, Step::mask_path, name);
  const bool is_directory = S_ISDIR(status.st_mode);
  const int cover = is_directory ? clone_mount(scratch_, "empty", 0) : clone_mount(AT_FDCWD, "/dev/null", 0);
  need_fd(cover, Step::mask_path, name);
  const unsigned attributes = is_directory ? unsigned{safe | MOUNT_ATTR_RDONLY} : unsigned{MOUNT_ATTR_NOSUID};
  need(set_mount_attributes(cover, attributes, 0) == 0, Step::mask_path, name);
  attach(cover, target, Step::mask_path, name);
}

// Of the image or of what is mounted: links in it lead nowhere else. What is not there needs no hiding.
void Setup::hide(const char* path) const noexcept {
  const int target = open_target(root_, path);
  if (target < 0 && (errno == ENOENT || errno == ENOTDIR)) return;
  need(target >= 0, Step::hide_path, path);
  mask_target(target, path);
}

bool Setup::is_visible(const char* directory, const char* name) const noexcept {
  if (plan_.system_paths.all_visible) return true;
  for (const std::string& each : plan_.system_paths.visible) {
    char path[256];
    if (::snprintf(path, sizeof path, "%s/%s", directory, name) < 0) continue;
    const bool is_prefix = ::strncmp(path, each.c_str(), each.size()) == 0;
    if (is_prefix && (path[each.size()] == '\0' || path[each.size()] == '/')) return true;
  }
  return false;
}

// As root of the namespaces that the settings belong to, while /proc/sys can still be written to.
void Setup::change_settings(int proc) const noexcept {
  for (const auto& [name, value] : plan_.system_paths.settings) {
    char path[512];
    const int length = ::snprintf(path, sizeof path, "sys/%s", name.c_str());
    errno = ENAMETOOLONG;
    need(length > 0 && static_cast<std::size_t>(length) < sizeof path, Step::set_setting, name.c_str());
    const int file = ::openat(proc, path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
    need(file >= 0 && ::write(file, value.data(), value.size()) == static_cast<ssize_t>(value.size()),
         Step::set_setting, name.c_str());
    ::close(file);
  }
}

void Setup::mount_proc() noexcept {
  const int proc = need_made(system_.proc, Step::mount_system, "/proc");
  const int target = need_fd(open_real_directory(root_, "proc"), Step::mount_system, "/proc");
  need(attach_mount(proc, target) == 0, Step::mount_system, "/proc");
  ::close(target);
  change_settings(proc);
  // By the descriptor of the mount itself, which nothing can redirect.
  for (const char* const name : read_only_proc) {
    if (is_visible("/proc", name)) continue;
    const int copy = clone_mount(proc, name, AT_SYMLINK_NOFOLLOW);
    if (copy < 0 && errno == ENOENT) continue;
    need(copy >= 0 && set_mount_attributes(copy, safe | MOUNT_ATTR_RDONLY, 0) == 0, Step::mask_path, name);
    attach(copy, ::openat(proc, name, O_PATH | O_NOFOLLOW | O_CLOEXEC), Step::mask_path, name);
  }
  for (const char* const name : masked_proc) {
    if (!is_visible("/proc", name)) mask(proc, name);
  }
  ::close(proc);
}

void Setup::mount_sys() noexcept {
  const unsigned attributes = safe | MOUNT_ATTR_RDONLY;
  const int sys = need_made(system_.sys, Step::mount_system, "/sys");
  const int target = need_fd(open_real_directory(root_, "sys"), Step::mount_system, "/sys");
  need(attach_mount(sys, target) == 0, Step::mount_system, "/sys");
  ::close(target);
  for (const char* const name : masked_sys) {
    if (!is_visible("/sys", name)) mask(sys, name);
  }
  // Its own part of the tree, read-only; where there is no cgroup2, nothing is better than the host's.
  const int groups = ::openat(sys, "fs/cgroup", O_PATH | O_NOFOLLOW | O_CLOEXEC);
  if (groups >= 0) {
    int cgroup = system_.groups.mount;
    if (cgroup < 0) cgroup = clone_mount(scratch_, "empty", 0);
    need(cgroup >= 0 && set_mount_attributes(cgroup, attributes, 0) == 0, Step::mount_system,
         "/sys/fs/cgroup");
    attach(cgroup, groups, Step::mount_system, "/sys/fs/cgroup");
  }
  ::close(sys);
}

void Setup::mount_dev() noexcept {
  dev_ = need_fd(clone_mount(scratch_, "dev", 0), Step::mount_system, "/dev");
  need(set_mount_attributes(dev_, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC, 0) == 0, Step::mount_system, "/dev");
  const int target = need_fd(open_real_directory(root_, "dev"), Step::mount_system, "/dev");
  need(attach_mount(dev_, target) == 0, Step::mount_system, "/dev");
  ::close(target);
  const auto child = [this](const char* name) {
    return ::openat(dev_, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
  };
  for (std::size_t index = 0; index < standard_devices.size(); ++index) {
    const char* const name = standard_devices[index].path;
    const int mount = need_made(system_.devices[index], Step::bind_device, name);
    attach(mount, child(standard_devices[index].name), Step::bind_device, name);
  }

  const MountOption of_pts[] = {
      {"newinstance"}, {"ptmxmode", "0666"}, {"mode", "0620"}, {"gid", plan_.has_tty_group ? "5" : "0"}};
  terminals_ = need_fd(make_mount("devpts", of_pts, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC),
                       Step::mount_system, "/dev/pts");
  const int pts = child("pts");
  need(pts >= 0 && attach_mount(terminals_, pts) == 0, Step::mount_system, "/dev/pts");
  ::close(pts);
  const MountOption of_shm[] = {{"mode", "1777"}, {"size", plan_.shm_size.c_str()}};
  attach(need_fd(make_mount("tmpfs", of_shm, safe), Step::mount_system, "/dev/shm"), child("shm"),
         Step::mount_system, "/dev/shm");
  if (const int queues = system_.queues.mount; queues >= 0)
    attach(queues, child("mqueue"), Step::mount_system, "/dev/mqueue");  // a kernel may have none

  const bool linked =
      ::symlinkat("/proc/self/fd", dev_, "fd") == 0 && ::symlinkat("/proc/self/fd/0", dev_, "stdin") == 0 &&
      ::symlinkat("/proc/self/fd/1", dev_, "stdout") == 0 &&
      ::symlinkat("/proc/self/fd/2", dev_, "stderr") == 0 && ::symlinkat("pts/ptmx", dev_, "ptmx") == 0;
  need(linked, Step::mount_system, "/dev");
}

// Files for this container over those of the image. Where the image has something else of that name, a
// dangling link for instance, it gets out of the way.
void Setup::bind_files() noexcept {
  for (const PlannedFile& file : plan_.files) {
    char source[64] = "etc/";
    char target_name[64] = "/etc/";
    ::strncat(source, file.name.c_str(), sizeof source - 5);
    ::strncat(target_name, file.name.c_str(), sizeof target_name - 6);
    int target = make_target(root_, target_name, TargetKind::file);
    if (target < 0 && (errno == EEXIST || errno == ELOOP)) {
      const int etc = open_target(root_, "/etc");
      if (etc >= 0 && ::unlinkat(etc, file.name.c_str(), 0) == 0)
        target = make_target(root_, target_name, TargetKind::file);
      ::close(etc);
    }
    if (target < 0 && errno == EROFS) continue;
    need_fd(target, Step::bind_etc, target_name);
    const int mount = need_fd(clone_mount(scratch_, source, 0), Step::bind_etc, target_name);
    need(set_mount_attributes(mount, safe, 0) == 0, Step::bind_etc, target_name);
    attach(mount, target, Step::bind_etc, target_name);
  }
}

void Setup::make_working_directory() noexcept {
  const char* const name = plan_.working_directory.c_str();
  const int directory = make_target(root_, name, TargetKind::directory);
  // Not there and not to be made: chdir(2) will say why, in the container and with its ids.
  if (directory >= 0) ::close(directory);
  if (plan_.read_only) {
    need(set_mount_attributes(root_, MOUNT_ATTR_RDONLY, 0) == 0, Step::mount_root, "");
  }
}

// pivot_root(2), NOTES: with the same directory twice the old root ends on top of the new one, from where it
// is taken off; no directory of the image is needed for it.
void Setup::enter() noexcept {
  need(::fchdir(root_) == 0 && ::syscall(SYS_pivot_root, ".", ".") == 0 && ::umount2(".", MNT_DETACH) == 0 &&
           ::chdir("/") == 0,
       Step::enter_root, "");
  ::close(scratch_);
}

std::vector<std::string> below(std::string_view directory, std::span<const char* const> names) {
  std::vector<std::string> paths;
  for (const char* const name : names) paths.push_back(cat(directory, "/", name));
  return paths;
}

}  // namespace

std::vector<std::string> hidden_paths() {
  std::vector<std::string> paths = below("/proc", masked_proc);
  for (std::string& path : below("/sys", masked_sys)) paths.push_back(std::move(path));
  return paths;
}

std::vector<std::string> read_only_paths() { return below("/proc", read_only_proc); }

Filesystem enter_filesystem(const LaunchPlan& plan, const SystemMounts& system, int control) noexcept {
  return Setup(plan, system, control).run();
}

}  // namespace husk::runtime
