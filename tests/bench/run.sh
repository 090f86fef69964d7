#!/bin/bash
# Starts of a container beside podman, bwrap, ch-run and unshare, on busybox: prints times in milliseconds and the ratio to
# husk-run. Run as an ordinary user, with husk's programs in PATH. run.sh [ROUNDS]: the median of so many counts, 100 if left out.
# Everything is made below TMPDIR, /var/tmp if that is not set. An ext4 without a journal is a bad place: there the kernel looks for a
# new inode past all those deleted in the last seconds (recently_deleted() in ext4), which the peers that make none do not pay for.
set -euo pipefail

rounds=${1:-100}
work=$(mktemp -d "${TMPDIR:-/var/tmp}/husk-bench-XXXXXX")
export HUSK_ROOT=$work/store
trap 'unshare --map-auto --map-root-user rm -rf "$work" 2>/dev/null || rm -rf "$work"' EXIT

root=$work/root
mkdir -p "$root"/{bin,etc,tmp,dev,proc,sys,run,root,home,usr,var,mnt}
cp "$(command -v busybox)" "$root/bin/busybox"
for applet in sh true cat echo; do ln -s busybox "$root/bin/$applet"; done
echo 'root:x:0:0:root:/root:/bin/sh' > "$root/etc/passwd"
: > "$root/etc/group"
: > "$root/etc/hosts"
: > "$root/etc/resolv.conf"
tar -C "$root" --owner=0 --group=0 -cf "$work/root.tar" .
husk-import busybox < "$work/root.tar" > /dev/null

here=$(cd "$(dirname "$0")" && pwd)
# HUSK and PEER in turn, the median of each; WANTED is the ratio to reach.
compare() { # WHAT ROUNDS HUSK-COMMAND PEER-NAME PEER-COMMAND WANTED
  local times
  mapfile -t times < <("$here/interleave.py" "$2" "$3" "$5")
  awk -v what="$1" -v husk="${times[0]}" -v name="$4" -v peer="${times[1]}" -v wanted="$6" \
    'BEGIN { printf "%-26s husk %7.2f ms   %-20s %8.2f ms   %6.2f x   (wanted %s x)\n", what, husk, name, peer, peer / husk, wanted }'
}
have() { command -v "$1" > /dev/null; }

host='husk-run --rm --network=host busybox true'
single='husk-run --rm --network=host --userns=single busybox true'
none='husk-run --rm --network=none busybox true'

if have unshare && grep -q "^$(id -un):" /etc/subuid; then
  compare 'network=host' "$rounds" "$host" 'unshare --map-auto' 'unshare --map-auto -Urmpfi --mount-proc true' 1.0
fi
if have podman && podman unshare true 2> /dev/null; then
  podman=(podman --root "$work/podman" --runroot "$work/podman-run" --storage-driver overlay)
  "${podman[@]}" import "$work/root.tar" busybox > /dev/null 2>&1
  compare 'network=host' "$(((rounds + 2) / 3))" "$host" podman "${podman[*]} run --rm --network=host busybox true" 25
fi
if have bwrap; then
  bwrap="bwrap --bind $root / --proc /proc --dev /dev"
  compare 'network=host, single id' "$rounds" "$single" bwrap "$bwrap true" 1.25
  compare 'network=host, single id' "$rounds" "$single" 'bwrap --unshare-all' "$bwrap --unshare-all true" 1.25
  compare 'network=none' "$rounds" "$none" 'bwrap --unshare-all' "$bwrap --unshare-all true" 1.25
fi
if have ch-run; then
  compare 'network=host, single id' "$rounds" "$single" ch-run "ch-run $root -- /bin/true" 1.0
fi
for ((i = 0; i < 100; i++)); do husk-run --network=none --userns=single busybox true; done
printf 'ps -a with 100 containers  husk %7.2f ms   (wanted 3 ms)\n' "$("$here/interleave.py" "$rounds" 'husk-ps -aq')"
