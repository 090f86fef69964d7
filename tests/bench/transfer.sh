#!/bin/bash
# Pull and push beside podman, on a registry on the loopback: prints times in seconds and the ratio podman/husk, what each made
# the registry keep, and the memory that husk needed at most. Run as an ordinary user, with husk's programs in PATH. transfer.sh [TAR [ROUNDS]]: a root file system to use, made of /usr if
# left out or empty; the median of so many rounds counts, 3 if left out.
set -euo pipefail

rounds=${2:-3}
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d "${TMPDIR:-/var/tmp}/husk-bench-XXXXXX")
export HUSK_ROOT=$work/store
mapped() { unshare --map-auto --map-root-user "$@"; }
registry_pid=
finish() {
  [[ -z $registry_pid ]] || kill "$registry_pid" 2> /dev/null || true
  mapped rm -rf "$work"
}
trap finish EXIT

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
start_registry() { # DIRECTORY
  [[ -z $registry_pid ]] || { kill "$registry_pid"; wait "$registry_pid" 2> /dev/null || true; }
  cat > "$work/registry.yml" << X
version: 0.1
log: {level: error, accesslog: {disabled: true}}
storage: {filesystem: {rootdirectory: $1}}
http: {addr: "127.0.0.1:$port"}
X
  docker-registry serve "$work/registry.yml" > "$work/registry.log" 2>&1 &
  registry_pid=$!
  until curl -fs "http://127.0.0.1:$port/v2/" > /dev/null; do sleep 0.05; done
}

echo '{"default": [{"type": "insecureAcceptAnything"}]}' > "$work/policy.json"
podman_() {
  local verb=$1
  shift
  [[ $verb != pull ]] || set -- --signature-policy "$work/policy.json" "$@"
  [[ $verb != push ]] || set -- --signature-policy "$work/policy.json" "$@"
  command podman --root "$work/podman" --runroot "$work/podman-run" --storage-driver overlay "$verb" "$@" 2> "$work/podman.log"
}

seconds() { # COMMAND...
  local begin end
  begin=$(date +%s.%N)
  "$@" > /dev/null
  end=$(date +%s.%N)
  echo "$end $begin" | awk '{printf "%.3f", $1 - $2}'
}
report() { # WHAT HUSK PODMAN WANTED
  awk -v what="$1" -v husk="$2" -v peer="$3" -v wanted="$4" \
    'BEGIN { printf "%-24s husk %7.3f s   podman %7.3f s   %5.2f x   (wanted %s x)\n", what, husk, peer, peer / husk, wanted }'
}

if [[ -n ${1:-} ]]; then
  tar=$1
else
  tar=$work/root.tar
  tar -C / -cf "$tar" --ignore-failed-read usr/share usr/lib/x86_64-linux-gnu usr/lib/python3 usr/include 2> /dev/null || true
fi
printf 'root file system: %s MB, %s files\n' "$(($(stat -c %s "$tar") / 1000000))" "$(tar -tf "$tar" | wc -l)"

image=127.0.0.1:$port/bench/image
median() { printf '%s\n' "$@" | sort -n | sed -n "$((($# + 1) / 2))p"; }
forget() { mapped rm -rf "$HUSK_ROOT" "$work/podman" "$work/podman-run"; }

# In turn, so that both meet the same machine; what was written before is on disk when a time is taken.
push_husk=() push_podman=() again_husk=() again_podman=() pull_husk=() pull_podman=() there_husk=() there_podman=()
for ((round = 0; round < rounds; round++)); do
  # Each pushes what it never compressed, to a registry that has nothing.
  forget
  husk-import bench < "$tar" > /dev/null
  podman_ import -q "$tar" localhost/bench > /dev/null
  start_registry "$work/registry-podman-$round"
  sync
  push_podman+=("$(seconds podman_ push -q --tls-verify=false localhost/bench "docker://$image")")
  again_podman+=("$(seconds podman_ push -q --tls-verify=false localhost/bench "docker://$image")")
  start_registry "$work/registry-husk-$round"
  sync
  push_husk+=("$(seconds husk-push -q --tls-verify=false bench "$image")")
  again_husk+=("$(seconds husk-push -q --tls-verify=false bench "$image")")

  # Both pull what husk pushed, as the first image there.
  forget
  sync
  pull_podman+=("$(seconds podman_ pull -q --tls-verify=false "$image")")
  there_podman+=("$(seconds podman_ pull -q --tls-verify=false "$image")")
  sync
  pull_husk+=("$(seconds husk-pull -q --tls-verify=false "$image")")
  there_husk+=("$(seconds husk-pull -q --tls-verify=false "$image")")
done
report "push of one layer" "$(median "${push_husk[@]}")" "$(median "${push_podman[@]}")" 2
report "push of nothing new" "$(median "${again_husk[@]}")" "$(median "${again_podman[@]}")" 1
report "pull" "$(median "${pull_husk[@]}")" "$(median "${pull_podman[@]}")" 2
report "pull of what is there" "$(median "${there_husk[@]}")" "$(median "${there_podman[@]}")" 1
size() { du -sb "$work/registry-$1-0/docker/registry/v2/blobs" | cut -f 1; }
awk -v husk="$(size husk)" -v peer="$(size podman)" \
  'BEGIN { printf "%-24s husk %7.1f MB  podman %7.1f MB %5.2f x   (wanted 1 x)\n", "size of what was pushed", husk / 1e6, peer / 1e6, peer / husk }'

mapped rm -rf "$HUSK_ROOT" "$work"/registry-*
husk-import bench < "$tar" > /dev/null
start_registry "$work/registry-memory"
printf 'memory of push            husk %7d MB  (wanted 64 MB)\n' "$("$here/peak.py" husk-push --tls-verify=false bench "$image")"
mapped rm -rf "$HUSK_ROOT"
printf 'memory of pull            husk %7d MB  (wanted 64 MB)\n' "$("$here/peak.py" husk-pull --tls-verify=false "$image")"
