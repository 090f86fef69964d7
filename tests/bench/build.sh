#!/bin/bash
# Builds beside buildah, on a busybox image: prints times in milliseconds, the ratio to husk-build and the ratio to reach. Run as
# an ordinary user, with husk's programs in PATH. build.sh [ROUNDS]: the median of so many rounds, taken in turn; 5 if left out.
# TMPDIR as for run.sh.
set -euo pipefail

rounds=${1:-5}
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d "${TMPDIR:-/var/tmp}/husk-bench-XXXXXX")
export HUSK_ROOT=$work/store
trap 'unshare --map-auto --map-root-user rm -rf "$work"' EXIT

mkdir -p "$work"/root/{bin,etc,tmp} "$work"/context/files
cp "$(command -v busybox)" "$work/root/bin/busybox"
for applet in sh true cat echo mkdir dd; do ln -s busybox "$work/root/bin/$applet"; done
echo 'root:x:0:0:root:/root:/bin/sh' > "$work/root/etc/passwd"
tar -C "$work/root" --owner=0 --group=0 -cf "$work/root.tar" .

buildah="buildah --root $work/buildah --runroot $work/buildah-run --storage-driver overlay"
husk-import busybox < "$work/root.tar" > /dev/null
container=$($buildah from scratch)
$buildah add "$container" "$work/root.tar" / > /dev/null
$buildah commit "$container" localhost/busybox > /dev/null 2>&1
husk-import localhost/busybox < "$work/root.tar" > /dev/null

husk="husk-build --network=host -t bench $work/context"
peer="$buildah bud --layers --network=host -t bench $work/context"

# Both in turn; BEFORE, if set, runs before each of them.
compare() { # WHAT ROUNDS HUSK-COMMAND PEER-NAME PEER-COMMAND WANTED
  local times before=()
  [[ -z ${BEFORE:-} ]] || before=(--before "$BEFORE")
  mapfile -t times < <("$here/interleave.py" "$2" "${before[@]}" "$3" "$5")
  awk -v what="$1" -v husk="${times[0]}" -v name="$4" -v peer="${times[1]}" -v wanted="$6" \
    'BEGIN { printf "%-36s husk %8.1f ms   %-10s %8.1f ms   %6.2f x   (wanted %s)\n", what, husk, name, peer, peer / husk, wanted }'
}

# 20 steps, 1000 files.
for ((i = 0; i < 1000; i++)); do echo "$i" > "$work/context/files/$i"; done
{
  echo 'FROM localhost/busybox'
  for ((i = 0; i < 6; i++)); do printf 'ENV v%s=%s\nCOPY files /files%s\nRUN echo %s > /run%s\n' "$i" "$i" "$i" "$i" "$i"; done
  echo 'CMD ["true"]'
} > "$work/context/Dockerfile"
compare 'no-op rebuild, 20 steps, 1000 files' "$rounds" "$husk" buildah "$peer" '40 x, 10 ms'

# One RUN that is new each time.
new_run='printf "FROM localhost/busybox\nRUN echo %s > /x\n" "$(date +%N)" > "'$work'/context/Dockerfile"'
BEFORE=$new_run compare 'one trivial RUN' "$rounds" "$husk" buildah "$peer" '20 x, 15 ms'

# A RUN that leaves a file of 1 GB behind: what is over the command itself is the commit.
large='printf "FROM localhost/busybox\nRUN dd if=/dev/zero of=/x bs=1048576 count=1000; echo %s > /y\n" "$(date +%N)" > "'$work'/context/Dockerfile"'
BEFORE=$large compare 'RUN that writes 1 GB, and commit' 1 "$husk" buildah "$peer" '5 x of the commit'

# A context of 50 000 files that is known already: what git status does with the same tree.
tree=$work/tree
mkdir "$tree"
for ((i = 0; i < 50; i++)); do
  mkdir "$tree/$i"
  (cd "$tree/$i" && seq -w 0 999 | split -l 1 -a 3 -d -)
done
printf 'FROM localhost/busybox\nCOPY . /src\n' > "$tree/Dockerfile"
git -C "$tree" init -q && git -C "$tree" add . && printf '.git\n' > "$tree/.dockerignore"
husk-build -q --network=host -t large "$tree" > /dev/null
compare 'no-op rebuild, 50 000 files' "$rounds" "husk-build --network=host -t large $tree" 'git status' "git -C $tree status" '0.67 x'

# Two stages that take as long as each other: the ratio is that of -j 1 to -j 2.
printf 'FROM localhost/busybox AS a\nRUN i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; echo > /a\nFROM localhost/busybox AS b\nRUN i=0; while [ $i -lt 300001 ]; do i=$((i+1)); done; echo > /b\nFROM scratch\nCOPY --from=a /a /a\nCOPY --from=b /b /b\n' > "$work/context/Dockerfile"
compare 'two independent stages, -j 2' "$rounds" "husk-build --network=host --no-cache -j 2 -t bench $work/context" 'husk -j 1' \
  "husk-build --network=host --no-cache -j 1 -t bench $work/context" '1.6 x'

# What the largest process of husk's had in memory.
printf 'FROM localhost/busybox\nCOPY . /src\nRUN dd if=/dev/zero of=/x bs=1048576 count=1000\n' > "$tree/Dockerfile"
printf 'memory of 50 000 files and 1 GB      husk %8d MB   (wanted 64 MB)\n' \
  "$("$here/peak.py" husk-build --network=host --no-cache -t large "$tree")"
