#!/bin/bash
# Builds beside buildah, on a busybox image: prints times in milliseconds and the ratio buildah/husk-build. Run as an ordinary
# user, with husk's programs in PATH. build.sh [ROUNDS]: the smallest time of so many rounds counts; 5 if left out.
set -euo pipefail

rounds=${1:-5}
work=$(mktemp -d "${TMPDIR:-/var/tmp}/husk-bench-XXXXXX")
export HUSK_ROOT=$work/store
trap 'unshare --map-auto --map-root-user rm -rf "$work"' EXIT

mkdir -p "$work"/root/{bin,etc,tmp} "$work"/context/files
cp "$(command -v busybox)" "$work/root/bin/busybox"
for applet in sh true cat echo mkdir; do ln -s busybox "$work/root/bin/$applet"; done
echo 'root:x:0:0:root:/root:/bin/sh' > "$work/root/etc/passwd"
tar -C "$work/root" --owner=0 --group=0 -cf "$work/root.tar" .

buildah_() { buildah --root "$work/buildah" --runroot "$work/buildah-run" --storage-driver overlay "$@" > "$work/log" 2>&1 || { cat "$work/log" >&2; return 1; }; }
husk-import busybox < "$work/root.tar" > /dev/null
container=$(buildah --root "$work/buildah" --runroot "$work/buildah-run" --storage-driver overlay from scratch)
buildah_ add "$container" "$work/root.tar" /
buildah_ commit "$container" localhost/busybox

milliseconds() { # COMMAND...: the fastest of the rounds
  local begin end best=
  for ((round = 0; round < rounds; round++)); do
    [[ -z ${BEFORE:-} ]] || eval "$BEFORE"
    begin=$(date +%s%N)
    "$@" > /dev/null 2>&1
    end=$(date +%s%N)
    [[ -n $best && $best -le $((end - begin)) ]] || best=$((end - begin))
  done
  awk -v n="$best" 'BEGIN { printf "%.1f", n / 1e6 }'
}
report() { # WHAT HUSK BUILDAH
  awk -v what="$1" -v husk="$2" -v peer="$3" \
    'BEGIN { printf "%-44s husk %8.1f ms   buildah %8.1f ms   %6.1f x\n", what, husk, peer, peer / husk }'
}
husk() { husk-build --network=host -t bench "$work/context"; }
peer() { buildah_ bud --layers --network=host -t bench "$work/context"; }

# 20 steps, 1000 files.
for ((i = 0; i < 1000; i++)); do echo "$i" > "$work/context/files/$i"; done
{
  echo 'FROM localhost/busybox'
  for ((i = 0; i < 6; i++)); do printf 'ENV v%s=%s\nCOPY files /files%s\nRUN echo %s > /run%s\n' "$i" "$i" "$i" "$i" "$i"; done
  echo 'CMD ["true"]'
} > "$work/context/Dockerfile"
husk-import localhost/busybox < "$work/root.tar" > /dev/null
husk > /dev/null 2>&1
peer
report 'no-op rebuild, 20 steps, 1000 files' "$(milliseconds husk)" "$(milliseconds peer)"

# One RUN that is new each time.
BEFORE='printf "FROM localhost/busybox\nRUN echo %s > /x\n" "$RANDOM$RANDOM" > "$work/context/Dockerfile"'
report 'one trivial RUN' "$(milliseconds husk)" "$(milliseconds peer)"

# A file of 200 MB.
head -c 200000000 /dev/urandom > "$work/context/large"
BEFORE='printf "FROM localhost/busybox\nENV x=%s\nCOPY large /large\nRUN echo %s\n" "$RANDOM" "$RANDOM" > "$work/context/Dockerfile"; printf x >> "$work/context/large"'
rounds=2
report 'COPY of a 200 MB file that changed' "$(milliseconds husk)" "$(milliseconds peer)"

# Two stages that take as long as each other: the ratio is that of -j 1 to -j 2.
unset BEFORE
printf 'FROM localhost/busybox AS a\nRUN i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; echo > /a\nFROM localhost/busybox AS b\nRUN i=0; while [ $i -lt 300001 ]; do i=$((i+1)); done; echo > /b\nFROM scratch\nCOPY --from=a /a /a\nCOPY --from=b /b /b\n' > "$work/context/Dockerfile"
stages() { husk-build --network=host --no-cache -j "$1" -t bench "$work/context"; }
awk -v one="$(milliseconds stages 1)" -v two="$(milliseconds stages 2)" \
  'BEGIN { printf "%-44s -j 1 %8.1f ms   -j 2 %12.1f ms   %6.1f x\n", "two independent stages", one, two, one / two }'
