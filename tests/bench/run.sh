#!/bin/bash
# Starts of a container beside podman, bwrap, ch-run and unshare, on busybox: prints times in milliseconds and the ratio to
# husk-run. Run as an ordinary user, with husk's programs in PATH. run.sh [ROUNDS]: the median of so many counts, 100 if left out.
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

# Median milliseconds of ROUNDS, each started by hyperfine without a shell.
milliseconds() { # ROUNDS COMMAND
  hyperfine -N --warmup 3 --runs "$1" --export-json "$work/result" "$2" > "$work/log" 2>&1 || { cat "$work/log" >&2; return 1; }
  awk '/"median"/ { gsub(/[^0-9.e-]/, "", $2); printf "%.2f", $2 * 1000; exit }' "$work/result"
}
report() { # WHAT HUSK PEER-NAME PEER
  awk -v what="$1" -v husk="$2" -v name="$3" -v peer="$4" \
    'BEGIN { printf "%-34s husk %7.2f ms   %-22s %8.2f ms   %6.2f x\n", what, husk, name, peer, peer / husk }'
}
have() { command -v "$1" > /dev/null; }

host=$(milliseconds "$rounds" 'husk-run --rm --network=host busybox true')
single=$(milliseconds "$rounds" 'husk-run --rm --network=host --userns=single busybox true')
none=$(milliseconds "$rounds" 'husk-run --rm --network=none busybox true')

if have unshare && grep -q "^$(id -un):" /etc/subuid; then
  report 'network=host' "$host" 'unshare --map-auto' "$(milliseconds "$rounds" 'unshare --map-auto -Urmpfi --mount-proc true')"
fi
if have podman && podman unshare true 2> /dev/null; then
  podman=(podman --root "$work/podman" --runroot "$work/podman-run" --storage-driver overlay)
  "${podman[@]}" import "$work/root.tar" busybox > /dev/null 2>&1
  report 'network=host' "$host" podman "$(milliseconds 10 "${podman[*]} run --rm --network=host busybox true")"
fi
if have bwrap; then
  bwrap="bwrap --bind $root / --proc /proc --dev /dev"
  report 'network=host, single id' "$single" bwrap "$(milliseconds "$rounds" "$bwrap true")"
  report 'network=host, single id' "$single" 'bwrap --unshare-all' "$(milliseconds "$rounds" "$bwrap --unshare-all true")"
  report 'network=none' "$none" 'bwrap --unshare-all' "$(milliseconds "$rounds" "$bwrap --unshare-all true")"
fi
if have ch-run; then
  report 'network=host, single id' "$single" ch-run "$(milliseconds "$rounds" "ch-run $root -- /bin/true")"
fi
for ((i = 0; i < 100; i++)); do husk-run --network=none --userns=single busybox true; done
report 'ps -a with 100 containers' "$(milliseconds "$rounds" 'husk-ps -aq')" '(budget 3 ms)' 3
