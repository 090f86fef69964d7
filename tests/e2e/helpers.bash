# shellcheck shell=bash
# What the end-to-end tests share. They run the real programs as whoever calls them, each test on a store of its own.
bats_require_minimum_version 1.5.0
PATH="${TOOLS_DIR:?}:${HELPERS_DIR:?}:$PATH"

# A machine may lack what a test needs; in CI (MUST_RUN) it must not.
skip_or_fail() { # REASON
  [[ -z ${MUST_RUN:-} ]] || { echo "$1" >&2 && return 1; }
  skip "$1"
}

# A user with subordinate ids has several owners for files, and one without has not.
has_subordinate_ids() {
  grep -qE "^($(id -un)|$(id -u)):" /etc/subuid && grep -qE "^($(id -un)|$(id -u)):" /etc/subgid
}

setup() {
  export HUSK_ROOT=$BATS_TEST_TMPDIR/store
  cd "$BATS_TEST_TMPDIR" || return
}

# Every test ends with a sound store, no process of a container and nothing mounted. It calls this last thing; files of
# subordinate ids are removed by husk itself, for bats could not.
teardown() { clean_up; }
clean_up() {
  local sound=0
  [[ -z ${REGISTRY_PID:-} ]] || stop_registry
  [[ -z ${SERVER_PID:-} ]] || stop_server
  [[ ! -d $HUSK_ROOT ]] || check_store || sound=1
  remove_store
  return $sound
}
check_store() {
  husk-fsck || return
  ! grep -q "$HUSK_ROOT" /proc/self/mounts
}
remove_store() {
  unshare --map-auto --map-root-user rm -rf "$HUSK_ROOT" 2>/dev/null && return
  chmod -R u+rwX "$HUSK_ROOT" # a layer may have directories that are read-only
  rm -rf "$HUSK_ROOT"
}

# A root file system with busybox and users, as a tar on stdout. It is made once a suite, for it takes hundreds of links; each
# test has its own copy in $BATS_TEST_TMPDIR/busybox, which it may change.
busybox_tar() {
  local root=$BATS_TEST_TMPDIR/busybox made=$BATS_FILE_TMPDIR/busybox
  [[ -d $made ]] || make_busybox "$made"
  [[ -d $root ]] || cp -a "$made" "$root"
  tar -C "$root" --owner=0 --group=0 --numeric-owner --sort=name --mtime=@1700000000 -cf - .
}

make_busybox() ( # DIRECTORY
  umask 022
  mkdir -p "$1"/{bin,etc,tmp,root,home/app,usr/bin,var}
  chmod 1777 "$1/tmp"
  cd "$1" && cp "$(command -v busybox)" bin/busybox
  bin/busybox --list | python3 -c '
import os, sys
for applet in sys.stdin.read().split():
    if applet != "busybox": os.symlink("busybox", f"bin/{applet}")'
  printf 'root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000::/home/app:/bin/sh\n' > etc/passwd
  printf 'root:x:0:\napp:x:1000:\nwheel:x:10:app\n' > etc/group
)

# The image "busybox", imported.
import_busybox() { busybox_tar | husk-import "$@" busybox >/dev/null; }

# A port that nobody has. Not of those that the kernel gives to connections and to who asks for any (from 32768 on): with
# suites side by side somebody else would have it before it is used.
free_port() {
  python3 - <<'EOP'
import random, socket
while True:
    port = random.randrange(10000, 32768)
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            continue
    print(port)
    break
EOP
}

# Debian's docker-registry on the loopback; sets REGISTRY to its host:port. Arguments: more lines of its configuration.
start_registry() { start_registry_at "$(free_port)" "$@"; }
start_registry_at() { # PORT LINES...
  local port=$1 line
  shift
  REGISTRY=127.0.0.1:$port
  REGISTRY_DATA=$BATS_TEST_TMPDIR/registry-$port
  mkdir -p "$REGISTRY_DATA"
  {
    echo 'version: 0.1'
    echo 'log: {level: error, accesslog: {disabled: true}}'
    echo "storage: {filesystem: {rootdirectory: $REGISTRY_DATA/data}, delete: {enabled: true}}"
    for line in "$@"; do echo "$line"; done
    [[ " $* " == *" http:"* ]] || echo "http: {addr: \"$REGISTRY\"}"
  } > "$REGISTRY_DATA/config.yml"
  docker-registry serve "$REGISTRY_DATA/config.yml" > "$REGISTRY_DATA/log" 2>&1 3>&- &
  REGISTRY_PID=$!
  case $* in
    *tls:*) wait_for_http "https://$REGISTRY/v2/" ;;
    *) wait_for_http "http://$REGISTRY/v2/" ;;
  esac
}
stop_registry() {
  kill "$REGISTRY_PID" 2>/dev/null || true
  wait "$REGISTRY_PID" 2>/dev/null || true
}

# Until something answers, whatever it says.
wait_for_http() { # URL
  local _
  for _ in {1..100}; do
    curl -sk -o /dev/null "$1" && return
    sleep 0.1
  done
  echo "$1 does not answer" >&2
  return 1
}

# Until a line is in a file that another process writes; until no process of ours has such a command line.
wait_for_line() { # FILE LINE
  local _
  for _ in {1..100}; do
    grep -qx "$2" "$1" 2>/dev/null && return
    sleep 0.1
  done
  echo "no line '$2' in $1" >&2
  return 1
}
# How a process in the background ended, in CODE. (bats runs what "run" runs in a subshell, which can't wait for it.)
exit_code_of() { # PID
  code=0
  wait "$1" || code=$?
}
wait_for_no_process() { # TEXT
  local _
  for _ in {1..100}; do
    pgrep -u "$(id -u)" -f -- "$1" >/dev/null || return 0
    sleep 0.1
  done
  pgrep -u "$(id -u)" -af -- "$1" >&2
  return 1
}

# Whatever a test left running in the background: container and monitor.
end_containers() {
  husk-ps -q | xargs -r husk-kill > /dev/null
  husk-ps -aq | xargs -r husk-rm -f > /dev/null
  wait_for_no_process "husk-monitor $HUSK_ROOT"
}

# Serves a file on the loopback of the host, at PORT.
start_server() { # PORT
  PORT=$1
  mkdir -p served
  echo served > served/file
  python3 -m http.server --bind 127.0.0.1 --directory served "$1" >/dev/null 2>&1 3>&- &
  SERVER_PID=$!
  wait_for_http "http://127.0.0.1:$1/file"
}
stop_server() {
  kill "$SERVER_PID" 2>/dev/null || true
  wait "$SERVER_PID" 2>/dev/null || true
}
