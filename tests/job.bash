# shellcheck shell=bash disable=SC2034,SC2154
# What tests/quickstart and tests/projects/run have in common: they do a job of ordinary users as one, with husk as it is
# built here, and print what they do. Sourced.
# shellcheck source=tests/setup.bash
. "$source_tree/tests/setup.bash"

# A network may have a certificate authority of its own, which npm has to know.
certificates=(-v /etc/ssl/certs:/etc/ssl/certs:ro)

# Goes on as an ordinary user with subordinate ids, and with husk in the PATH: root makes such a user, has husk copied to
# DIRECTORY and calls SCRIPT again as the user. Ends with a store of its own, which is removed at the end, and $work beside it.
begin_job() { # DIRECTORY SCRIPT ARGUMENTS...
  local directory=$1 script=$2
  shift 2
  if [[ ${1:-} != --job ]]; then
    require_packages "${build_packages[@]}" "${run_packages[@]}" "${job_packages[@]}"
    open_devices
    if [[ $EUID -eq 0 ]]; then # husk is for ordinary users: be one
      make_user husk-test with
      copy_tree "$source_tree" "$directory/husk" husk-test
      as_user husk-test "$directory/husk/$script" --job "$@"
      exit
    fi
    if ! grep -q "^\($USER\|$UID\):" /etc/subuid; then
      may_be_root || die "$USER has no subordinate ids, which apt in a container needs
Ask for  usermod --add-subuids 1000000-1065535 --add-subgids 1000000-1065535 $USER"
      as_root usermod --add-subuids 1000000-1065535 --add-subgids 1000000-1065535 "$USER"
    fi
  fi

  say "building husk"
  [[ -f $source_tree/build/build.ninja ]] || set_up_build "$source_tree" "$source_tree/build" -Dtests=false
  build_quietly "$source_tree/build"
  PATH=$source_tree/build/tools:$PATH

  work=$(mktemp -d "${TMPDIR:-/tmp}/husk-job.XXXXXX")
  export HUSK_ROOT=$work/store
  background=()
  trap clean_up EXIT
}
clean_up() {
  local pid
  for pid in "${background[@]}"; do kill "$pid" 2>/dev/null || true; done
  # The layers belong to subordinate ids; let the one who may remove them.
  husk-rm --all --force >/dev/null 2>&1 || true
  husk-images -q --no-trunc 2>/dev/null | xargs -r husk-rmi --force >/dev/null 2>&1 || true
  unshare --map-auto --map-root-user rm -rf "$work" 2>/dev/null || rm -rf "$work"
}

show_command() { printf '\n\033[1m$ %s\033[0m\n' "$*"; }
# Prints a command and runs it.
step() {
  show_command "$@"
  "$@"
}
free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])' 2>/dev/null ||
    echo $((20000 + RANDOM % 20000))
}
wait_for() { # URL
  for _ in {1..100}; do
    curl -fs "$1" >/dev/null 2>&1 && return
    sleep 0.1
  done
  die "$1 does not answer"
}

# The image that all others begin with. dpkg waits for the disk after each file, so memory is four times as fast.
import_debian() {
  local directory=$work
  if [[ $(df --output=avail /dev/shm 2>/dev/null | tail -n 1) -gt 1000000 ]] && ! grep -q ' /dev/shm .*noexec' /proc/mounts; then
    directory=/dev/shm
  fi
  show_command 'mmdebstrap --variant=minbase bookworm | husk-import debian:bookworm'
  TMPDIR=$directory mmdebstrap --quiet --variant=minbase --include=ca-certificates bookworm - 2>"$work/mmdebstrap.log" |
    husk-import debian:bookworm || { cat "$work/mmdebstrap.log" >&2; die "mmdebstrap failed"; }
}
