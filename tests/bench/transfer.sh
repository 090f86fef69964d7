#!/bin/bash
# Pull and push beside podman, on a registry on the loopback: prints times in seconds and the ratio podman/husk. Run as an
# ordinary user, with husk's programs in PATH. transfer.sh [TAR]: a root file system to use; made of /usr if left out.
set -euo pipefail

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
report() { # WHAT HUSK PODMAN
  awk -v what="$1" -v husk="$2" -v peer="$3" \
    'BEGIN { printf "%-44s husk %7.3f s   podman %7.3f s   %.1f x\n", what, husk, peer, peer / husk }'
}

if [[ $# -gt 0 ]]; then
  tar=$1
else
  tar=$work/root.tar
  tar -C / -cf "$tar" --ignore-failed-read usr/share usr/lib/x86_64-linux-gnu usr/lib/python3 usr/include 2> /dev/null || true
fi
printf 'root file system: %s MB, %s files\n' "$(($(stat -c %s "$tar") / 1000000))" "$(tar -tf "$tar" | wc -l)"

image=127.0.0.1:$port/bench/image
husk-import bench < "$tar" > /dev/null
podman_ import -q "$tar" localhost/bench > /dev/null

# Each pushes what it never compressed, to a registry that has nothing.
start_registry "$work/registry-podman"
podman=$(seconds podman_ push -q --tls-verify=false localhost/bench "docker://$image")
podman_again=$(seconds podman_ push -q --tls-verify=false localhost/bench "docker://$image")
start_registry "$work/registry-husk"
husk=$(seconds husk-push -q --tls-verify=false bench "$image")
report "push of one layer" "$husk" "$podman"
husk_again=$(seconds husk-push -q --tls-verify=false bench "$image")
report "push of nothing new" "$husk_again" "$podman_again"

# Both pull what husk pushed, as the first image there.
mapped rm -rf "$HUSK_ROOT" "$work/podman" "$work/podman-run"
husk=$(seconds husk-pull -q --tls-verify=false "$image")
podman=$(seconds podman_ pull -q --tls-verify=false "$image")
report "pull" "$husk" "$podman"
husk=$(seconds husk-pull -q --tls-verify=false "$image")
podman=$(seconds podman_ pull -q --tls-verify=false "$image")
report "pull of what is there" "$husk" "$podman"
