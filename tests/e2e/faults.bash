# shellcheck shell=bash
# Programs that are killed with SIGKILL, or whose calls fail, at places that a test chooses: a build with -Dfaults=true, see
# libcore/base/sys.hpp. Sourced by faults*.bats after helpers.bash; only a build with faults has these tests.

setup() {
  [[ ${FAULTS:-} == true ]] || { echo "this build can't make system calls fail (-Dfaults=true)" >&2 && return 1; }
  export HUSK_ROOT=$BATS_TEST_TMPDIR/store
  export SOURCE_DATE_EPOCH=1700000000  # the same command makes the same image
  export ASAN_OPTIONS=detect_leaks=0   # takes as long as the program itself; on for the one that has a fault
  cd "$BATS_TEST_TMPDIR" || return
}

expect_sound() { # WHAT
  husk-fsck -q > fsck 2>&1 || { echo "not sound after $1: $(< fsck)" >&2 && return 1; }
}

# A store that PREPARE makes, in place of the one that is there; most of the time all in it is the caller's own.
reset_store() { # PREPARE
  rm -rf "$HUSK_ROOT" 2>/dev/null || remove_store
  "$1"
}

# A root file system with few files, as a tar on stdout.
small_tar() {
  mkdir -p small/{bin,etc,dev,proc,sys,tmp}
  [[ -f small/bin/busybox ]] || cp "$(command -v busybox)" small/bin/busybox
  for applet in sh true cat; do ln -sf busybox "small/bin/$applet"; done
  tar -C small --owner=0 --group=0 --numeric-owner --sort=name --mtime=@1700000000 -cf - .
}

# Runs COMMAND, to be killed at PLACE. Where that is in a child process, the command says so and fails.
killed_at() { # PLACE COMMAND...
  local place=$1 status=0
  shift
  ASAN_OPTIONS= HUSK_FAULT=kill:$place "$@" > out 2> err || status=$?
  [[ $status -eq 137 || ($status -eq 1 && $(< err) =~ ended|killed) ]] ||
    { echo "kill:$place: status $status: $(< err)" >&2 && return 1; }
  expect_sound "kill:$place"
}

# Kills COMMAND at each PLACE on a store of its own that PREPARE made; the same command completes, with the same result.
sweep_places() { # PREPARE COMMAND PLACE...
  local prepare=$1 command=$2 expected place
  shift 2
  reset_store "$prepare"
  expected=$("$command")
  for place in "$@"; do
    reset_store "$prepare"
    killed_at "$place" "$command"
    [[ $("$command") == "$expected" ]] || { echo "the same command after kill:$place" >&2 && return 1; }
    expect_sound "the same command after kill:$place"
  done
}

# Kills COMMAND at its k-th call that changes the store, or lets that call fail (ACTION is ENOSPC, EIO …), for k = 1, 2, 3 …
# until one run gets through, each on a store that PREPARE made.
sweep() { # ACTION PREPARE COMMAND
  local action=$1 prepare=$2 command=$3 expected k status
  reset_store "$prepare"
  expected=$("$command")
  for ((k = 1; k < 400; k++)); do
    reset_store "$prepare"
    status=0
    ASAN_OPTIONS= HUSK_FAULT=$action:$k "$command" > out 2> err || status=$?
    expect_sound "$action:$k"
    [[ $status -ne 0 ]] || break
    case $action in
      kill) [[ $status -eq 137 || $(< err) =~ ended|killed ]] ;;
      ENOSPC) [[ $status -eq 1 && $(< err) == *"No space left on device"* ]] ;;
      EIO) [[ $status -eq 1 && $(< err) == *"Input/output error"* ]] ;;
    esac || { echo "$action:$k: status $status: $(< err)" >&2 && return 1; }
    [[ $("$command") == "$expected" ]] || { echo "the same command after $action:$k" >&2 && return 1; }
    [[ $action != kill ]] || expect_sound "the same command after $action:$k"
  done
  expect_sound "the last command"
  echo "# $((k - 1)) calls" >&3
  [[ $k -gt 3 && $k -lt 400 ]]
}

nothing() { :; }
