# shellcheck shell=bash disable=SC2034
# What tests/quickstart and tests/all have in common: packages, users, a build. Sourced.

build_packages=(
  g++ meson ninja-build pkg-config ccache scdoc
  libarchive-dev boost libbz2-dev libcli11-dev libcurl4-openssl-dev libisal-dev liblzma-dev libseccomp-dev libssl-dev
  libtomlplusplus-dev libyaml-dev libzstd-dev nlohmann-json3-dev zlib1g-dev
)
run_packages=(uidmap fuse-overlayfs passt git)
job_packages=(mmdebstrap debian-archive-keyring docker-registry curl ca-certificates)
test_packages=(
  libgtest-dev bats python3 attr bzip2 xz-utils zstd busybox-static strace expect acl
  openssh-client openssl e2fsprogs
  podman buildah skopeo umoci oci-image-tool runc slirp4netns
)

say() { printf '\n== %s\n' "$*"; }
die() {
  printf '%s: %s\n' "${0##*/}" "$1" >&2
  exit 1
}

# Boost.Process v2 came with Boost 1.80, and Debian's default may be older: the newest there is, by the version in its name.
newest_boost() { grep -oE '^libboost1\.[0-9]+-dev' | sort -Vu | tail -n 1; }
is_installed() {
  if [[ $1 == boost ]]; then
    [[ $(dpkg-query -W -f '${Package} ${db:Status-Status}\n' 'libboost1.*-dev' 2>/dev/null |
      grep ' installed' | newest_boost) > libboost1.8 ]]
  else
    dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null | grep -qx installed
  fi
}

as_root() {
  if [[ $EUID -eq 0 ]]; then "$@"; else sudo "$@"; fi
}
# On a terminal sudo may ask for the password, once.
may_be_root() {
  [[ $EUID -ne 0 ]] || return 0
  command -v sudo >/dev/null || return
  sudo -n true 2>/dev/null || { [[ -t 0 && -t 2 && -z ${asked:-} ]] && asked=yes && sudo -v; }
}

# Installs what is missing of the packages named; says what that is where it may not.
require_packages() {
  local package missing=()
  for package in "$@"; do is_installed "$package" || missing+=("$package"); done
  [[ ${#missing[@]} -gt 0 ]] || return 0
  may_be_root || die "these packages are missing: ${missing[*]/#boost/libboost-dev (1.80 or newer)}
Neither root nor sudo is at hand: ask somebody who is root to install them with apt-get"
  say "installing ${#missing[@]} packages"
  as_root apt-get update -qq
  missing=("${missing[@]/#boost/$(apt-cache pkgnames libboost1. | newest_boost)}")
  as_root env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# Several files of a module are compiled as one: a build from nothing takes a third of the time.
set_up_build() { # TREE BUILD-DIRECTORY MESON-OPTION...
  CXX="ccache g++" meson setup "$2" "$1" -Ddebug=false --unity=on -Dunity_size=12 "${@:3}" >/dev/null
}

# What the compiler says (g++ 12 warns of overlapping strings where there are none) is shown if it fails.
build_quietly() { # BUILD-DIRECTORY
  ninja -C "$1" --quiet > "$1/build.log" 2>&1 || { cat "$1/build.log" >&2; die "husk does not build"; }
}

# The user-space drivers of a desktop are open to all; on a bare machine they are root's.
open_devices() {
  local device
  for device in /dev/fuse /dev/net/tun; do
    [[ -c $device && ! -w $device ]] || [[ $EUID -eq 0 && -c $device ]] || continue
    may_be_root && as_root chmod 0666 "$device"
  done
  return 0
}

# An ordinary user, with subordinate ids or without.
make_user() { # NAME with|without
  id "$1" >/dev/null 2>&1 || as_root useradd --create-home --shell /bin/bash "$1"
  if [[ $2 == without ]]; then
    as_root sed -i "/^$1:/d" /etc/subuid /etc/subgid
  elif ! grep -q "^$1:" /etc/subuid; then
    as_root usermod --add-subuids 1000000-1065535 --add-subgids 1000000-1065535 "$1"
  fi
}

# An ordinary file system for the tests, ext4 in a file, which lies in memory where there is enough: nothing that they do
# depends on what the machine's own one is, or fills it. Some are slow at what tests do all the time: ext4 without a journal,
# say, looks at all inodes that were deleted in the last minutes before it makes one. Without loop devices tests use $TMPDIR.
test_disk=
make_test_disk() { # DIRECTORY MOUNT-POINT
  local available
  available=$(awk '/^MemAvailable:/ { print int($2 / 1048576) }' /proc/meminfo)
  as_root mkdir -p "$1" "$2"
  trap "remove_test_disk '$1' '$2'" EXIT
  remove_test_disk "$1" "$2"
  ((available < 12)) || as_root mount -t tmpfs -o size=8G husk-test "$1" || return 0
  as_root truncate -s 7G "$1/image"
  as_root mkfs.ext4 -q -F -m 0 "$1/image"
  as_root mount -o loop "$1/image" "$2" || return 0
  as_root chmod 1777 "$2"
  test_disk=$2
}
remove_test_disk() { # DIRECTORY MOUNT-POINT
  local mount
  for mount in "$2" "$1"; do
    ! mountpoint -q "$mount" || as_root umount --lazy "$mount"
  done
  as_root rm -f "$1/image"
}

# Runs a command as USER with a clean environment, in that user's home, into which we may not be able to go.
as_user() { # USER COMMAND...
  local user=$1 home
  shift
  home=$(getent passwd "$user" | cut -d: -f6)
  as_root install -d -m 0700 -o "$user" -g "$user" "/tmp/run-$user"
  as_root runuser -u "$user" -- env -i --chdir="$home" PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin \
    HOME="$home" USER="$user" LOGNAME="$user" XDG_RUNTIME_DIR="/tmp/run-$user" LANG=C.UTF-8 \
    ${test_disk:+TMPDIR="$test_disk"} ${CI:+CI="$CI"} ${MUST_RUN:+MUST_RUN="$MUST_RUN"} "$@"
}

# Copies a tree, without what was built in it, to DIRECTORY, for USER.
copy_tree() { # SOURCE DIRECTORY USER
  as_root rm -rf "$2"
  as_root install -d -o "$3" -g "$3" "$2"
  (cd "$1" && tar --exclude=./build --exclude='./build-*' --exclude=./.git -cf - .) |
    as_root tar -xf - -C "$2" --no-same-owner
  as_root chown -R "$3:$3" "$2"
}
