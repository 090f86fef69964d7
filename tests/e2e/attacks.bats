#!/usr/bin/env bats
# What was done to other container engines, tried with ours. tests/conformance/ATTACKS.md says which attack is where.
load helpers

box() { husk-run --rm --network=none "$@"; }

import_probe() {
  busybox_tar > /dev/null
  cp "$(command -v probe)" "$BATS_TEST_TMPDIR/busybox/bin/probe"
  busybox_tar | husk-import probe > /dev/null
}
teardown() {
  [[ -z ${CANARY_PID:-} ]] || kill "$CANARY_PID"
  end_containers
  clean_up
}

@test "a swapped directory for a link under a mount point leads nowhere outside" {
  import_busybox
  mkdir canary host
  husk-volume create shared > /dev/null
  box -v shared:/v busybox mkdir -p /v/d
  husk-run -d --network=none -v shared:/v --name racer busybox sh -c \
    "while :; do mv /v/d /v/e; ln -s $PWD/canary /v/d; rm /v/d; ln -s / /v/d; rm /v/d; mv /v/e /v/d; done" > /dev/null
  local _ mounted=0
  for _ in {1..150}; do
    # Either it is mounted in the container, or it is an error.
    if box -v shared:/v -v "$PWD/host:/v/d/inner" busybox sh -c 'touch /v/d/inner/x 2>/dev/null || true' 2> error; then
      mounted=$((mounted + 1))
    else
      grep -q '^husk-run: ' error
    fi
  done
  [[ -z $(ls canary) ]]
  echo "$mounted of 150 were mounted" >&2
  [[ $mounted -gt 0 && ! -e /inner ]]
}

@test "capabilities and groups are those of the container for exec and RUN, too" {
  import_probe
  local id user
  id=$(husk-run -d --network=none probe sleep 100)
  for user in 0 $(has_subordinate_ids && echo 1000); do
    box -u "$user" probe probe status | sed 's/[[:space:]]*$//' > run
    husk-exec -u "$user" "$id" probe status | sed 's/[[:space:]]*$//' | diff run -
    husk-build --progress=plain --network=none - 2> log <<< $'FROM probe\nUSER '"$user"$'\nRUN ["probe", "status"]'
    grep -E '^(Uid|Gid|Groups|NoNewPrivs|Seccomp|Cap)' log | sed 's/ *$//' | diff <(expand run) - # progress has no tabs
  done
}

@test "what a container types for its terminal stays in it" {
  import_probe
  local way
  for way in '' -i -t -it; do
    script -qec "husk-run --rm --network=none $way probe probe edges" /dev/null < /dev/null > typescript
    [[ $(grep -c 'ioctl TIOC.*: EPERM' typescript) -eq 4 ]]
  done
  # Without -t there is no controlling terminal either.
  script -qec "husk-run --rm --network=none -i probe probe powers" /dev/null < /dev/null | grep -q '^controlling terminal: ENXIO'
}

@test "abstract sockets of the host can be reached in the host's network only" {
  import_probe
  python3 -c '
import socket
server = socket.socket(socket.AF_UNIX)
server.bind("\0husk-canary-'"$$"'")
server.listen(64)
open("listening", "w")
while True: server.accept()' 3>&- &
  CANARY_PID=$!
  local _
  for _ in {1..100}; do [[ -e listening ]] && break || sleep 0.1; done
  run -0 husk-run --rm --network=host -e "CANARY=husk-canary-$$" probe probe abstract
  [[ $output == *"abstract socket: allowed" ]]
  for network in none private; do
    run -0 husk-run --rm --network=$network -e "CANARY=husk-canary-$$" probe probe abstract
    [[ $output == "abstract socket: ECONNREFUSED" ]]
  done
}

@test "an image's variables: none is looked up in the caller's environment, none reaches a helper" {
  import_busybox --change 'ENV LD_PRELOAD=/evil.so' --change 'ENV PATH=/evil:/bin' --change 'ENV HUSK_ROOT=/evil'
  export CANARY=canary-of-the-host
  local id process name
  run -0 box busybox /bin/env
  [[ $output == *LD_PRELOAD=/evil.so* && $output != *canary-of-the-host* ]]
  id=$(husk-run -d busybox /bin/sleep 100)
  for process in $(pgrep -u "$(id -u)" 'pasta|husk-monitor'); do
    if tr '\0' '\n' < "/proc/$process/environ" 2> /dev/null | grep -q evil; then false; fi
  done
  husk-exec "$id" /bin/true
  # As others may have written them: without a value, a pattern, without a name.
  husk-push -q busybox oci:layout:x
  for name in CANARY '*' 'CANA*' '=x'; do
    set_variables layout "$name"
    run -1 husk-build -q --network=none --build-context odd=oci-layout://./layout:x - <<< 'FROM odd'
    [[ $output == *"config.Env has '$name', which is not NAME=VALUE"* ]]
  done
}
# Gives the image of a layout one variable, which may be none.
set_variables() { # LAYOUT VARIABLE
  python3 - "$@" << 'EOP'
import hashlib, json, sys
layout, variable = sys.argv[1:]
top = json.load(open(f"{layout}/index.json"))
entry = top["manifests"][0]
path = lambda digest: f"{layout}/blobs/sha256/{digest[7:]}"
def put(value):
    data = json.dumps(value).encode()
    digest = "sha256:" + hashlib.sha256(data).hexdigest()
    open(path(digest), "wb").write(data)
    return {"digest": digest, "size": len(data)}
manifest = json.load(open(path(entry["digest"])))
config = json.load(open(path(manifest["config"]["digest"])))
config["config"]["Env"] = [variable]
manifest["config"] |= put(config)
entry |= put(manifest)
json.dump(top, open(f"{layout}/index.json", "w"))
EOP
}

@test "labels and annotations of an image change nothing about how it runs" {
  import_probe
  husk-build -q --network=none -t plain - <<< $'FROM probe\nLABEL a=b' > /dev/null
  local key lines=''
  for key in io.podman.annotations.{privileged,userns,seccomp,init,autoremove,cid-file,infra.name,label,ulimit} \
    run.oci.{hooks.stdout,keep_original_groups,mount_context_type,systemd.force_cgroup_v1,seccomp_fail_unknown_syscall,handler} \
    org.systemd.property.TimeoutStopUSec org.criu.config io.kubernetes.cri.container-type io.containers.autoupdate \
    cdi.k8s.io/devices com.nvidia.volumes.needed io.container.manager io.buildah.version org.opencontainers.image.stopSignal \
    devices.gpu security.privileged org.husk.privileged husk.privileged; do
    lines+="LABEL $key=true"$'\n'
  done
  husk-build -q --network=none --annotation run.oci.hooks.stderr=/dev/stderr --annotation cdi.k8s.io/x=vendor.com/class=all \
    -t labelled - <<< $'FROM probe\n'"$lines" > /dev/null
  husk-run --show-profile plain > one
  husk-run --show-profile labelled > other
  diff one other
  diff <(box plain probe status fds powers devices < /dev/null) <(box labelled probe status fds powers devices < /dev/null)
}

@test "a link as the path of a VOLUME is one in the container" {
  busybox_tar > /dev/null
  mkdir canary
  echo host > canary/file
  ln -s "$PWD/canary" busybox/absolute
  ln -s "../../../../../../../../..$PWD/canary" busybox/relative
  busybox_tar | husk-import --change 'VOLUME /absolute' --change 'VOLUME /relative' links > /dev/null
  box links sh -c 'ls /absolute/ /relative/; echo evil > /absolute/evil; echo evil > /relative/evil' > seen 2>&1 || true
  run ! grep -q '^file$' seen
  [[ $(ls canary) == file ]]
}

@test "a key ring is the container's own, and sixty containers leave none" {
  import_busybox
  local before after _
  before=$(awk -v uid="$(id -u):" '$1 == uid { print $2 }' /proc/key-users)
  for _ in {1..60}; do box busybox true; done
  for _ in {1..50}; do
    after=$(awk -v uid="$(id -u):" '$1 == uid { print $2 }' /proc/key-users)
    [[ ${after%/*} -le $((${before%/*} + 5)) ]] && return
    sleep 0.2
  done
  echo "keys: $before before, $after after" >&2
  return 1
}

@test "a fork bomb ends with its container" {
  import_busybox
  husk-run -d --network=none --ulimit nproc=200 --name bomb busybox sh -c ': > /ready; f() { f | f & }; f; sleep 100' > /dev/null
  sleep 1
  timeout 20 husk-rm -f bomb > /dev/null
  wait_for_no_process 'f() { f | f'
  box busybox true
}

@test "a line without an end does not fill the monitor's memory" {
  import_busybox
  local id peak
  id=$(husk-run -d --network=none busybox sh -c 'head -c 100000000 /dev/zero | tr "\0" x; echo; echo end; sleep 100')
  wait_for_end_of_log "$id"
  peak=$(awk '/^VmHWM/ { print $2 }' "/proc/$(pgrep -u "$(id -u)" -f "husk-monitor $HUSK_ROOT")/status")
  echo "monitor: $peak kB" >&2
  [[ $peak -lt 8192 ]]
}
wait_for_end_of_log() { # CONTAINER
  local _
  for _ in {1..300}; do
    [[ $(husk-logs -n 1 "$1" | tail -c 5) == *end ]] && return
    sleep 0.1
  done
  return 1
}

@test "a number of a process that is another's by now is left alone" {
  import_busybox
  local id state
  id=$(husk-run -d --network=none --name old busybox sleep 100)
  state=$HUSK_ROOT/containers/$id/state.json
  cp "$state" kept
  husk-kill old > /dev/null
  husk-wait old > /dev/null
  sleep 300 3>&- &
  CANARY_PID=$!
  # As after a crash, with the number given to another process since.
  python3 - "$state" "$CANARY_PID" << 'EOP'
import json, os, sys
state = json.load(open("kept"))
state["pid"] = int(sys.argv[2])
os.chmod(sys.argv[1], 0o600) if os.path.exists(sys.argv[1]) else None
json.dump(state, open(sys.argv[1], "w"))
EOP
  run husk-kill old
  run husk-stop -t 1 old
  run -125 husk-exec old true
  kill -0 "$CANARY_PID"
  [[ $(husk-ps -a --filter name=old) != *" Up "* ]]
}

# Nobody else is there to borrow rights from otherwise.
# bats test_tags=subids
@test "a set-user-ID copy of a program does nothing" {
  cp "$(command -v husk-run)" copy
  chmod 4755 copy
  chmod 755 "$BATS_TEST_TMPDIR"
  run unshare --map-auto --map-root-user setpriv --reuid=1 --clear-groups ./copy --version
  [[ $status -eq 125 ]]
  [[ $output == "husk-run: refusing to run set-user-ID, set-group-ID or with file capabilities"* ]]
}

@test "a store that others own, or may write to, is not used" {
  run env HUSK_ROOT=/tmp husk-images
  [[ $status -ne 0 && $output == *"the store '/tmp' belongs to user 0"* ]]
  mkdir open && chmod 777 open
  run env HUSK_ROOT="$PWD/open" husk-images -q
  [[ $status -ne 0 && $output == *"the store '$PWD/open' is writable by others"*"hint: "* ]]
}
