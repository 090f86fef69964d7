#!/usr/bin/env bats
load helpers

@test "import: one argument is the name, the tar comes from standard input" {
  run -0 --separate-stderr bash -c "$(declare -f busybox_tar); busybox_tar | husk-import busybox"
  [[ $output =~ ^sha256:[0-9a-f]{64}$ ]]
  [[ $(husk-images --format '{{.Repository}}:{{.Tag}}') == busybox:latest ]]
}

@test "import: a file, compressed or not, gives the same layer" {
  busybox_tar > a.tar
  gzip -k a.tar
  husk-import a.tar plain
  husk-import a.tar.gz packed
  husk-import - stdin < a.tar
  [[ $(find "$HUSK_ROOT"/layers -mindepth 2 -maxdepth 2 | wc -l) == 1 ]]
}

@test "import: the same tree gives the same diff id, whatever the order and format of the tar" {
  busybox_tar > a.tar
  tar -C "$BATS_TEST_TMPDIR/busybox" --owner=0 --group=0 --numeric-owner --sort=none --format=gnu \
    --mtime=@1700000000 -cf b.tar .
  husk-import a.tar a
  husk-import b.tar b
  [[ $(find "$HUSK_ROOT"/layers -mindepth 2 -maxdepth 2 | wc -l) == 1 ]]
}

@test "import: changes are in the configuration" {
  busybox_tar > a.tar
  run -0 --separate-stderr husk-import -c 'CMD ["sh", "-l"]' -c 'ENTRYPOINT echo $HOME' -c 'ENV A=1 B="2 3"' -c 'WORKDIR /srv' \
    -c 'WORKDIR www' -c 'USER app' -c 'EXPOSE 80 53/udp' -c 'LABEL k="v w"' -m 'made by hand' a.tar app
  config=$HUSK_ROOT/blobs/sha256/${output#sha256:}
  python3 - "$config" <<'PY'
import json, sys
image = json.load(open(sys.argv[1]))
c = image["config"]
assert c["Cmd"] == ["sh", "-l"], c
assert c["Entrypoint"] == ["/bin/sh", "-c", "echo $HOME"], c
assert c["Env"] == ["A=1", "B=2 3"], c
assert c["WorkingDir"] == "/srv/www", c
assert c["User"] == "app" and c["Labels"] == {"k": "v w"}, c
assert set(c["ExposedPorts"]) == {"80/tcp", "53/udp"}, c
assert image["history"][0]["comment"] == "made by hand"
PY
}

@test "import: a change that is none is wrong usage, and nothing is done" {
  busybox_tar > a.tar
  run -2 husk-import -c 'RUN true' a.tar app
  [[ $output == *"'run' can't be used here"* ]]
  run -2 husk-import a.tar Upper
  [[ $output == *"upper-case"* ]]
  run -0 husk-images -q
  [[ -z $output ]]
}

@test "import: what is no tar, and a tar that ends early, are refused" {
  head -c 100000 /dev/urandom > noise
  run -1 husk-import noise app
  [[ $output == *"import 'noise': layer: "* ]]
  busybox_tar | head -c 300000 > short.tar
  run -1 husk-import short.tar app
  busybox_tar | gzip | head -c 300000 > short.tar.gz
  run -1 husk-import short.tar.gz app
  run -0 husk-images -q
  [[ -z $output ]]
  [[ -z $(ls "$HUSK_ROOT/tmp") ]]
}

@test "import: devices are left out with one note for all" {
  python3 - <<'PY'
import tarfile
with tarfile.open("dev.tar", "w") as tar:
    for minor, name in enumerate(["mem", "kmem", "null", "port", "zero"], 1):
        device = tarfile.TarInfo(f"dev/{name}")
        device.type, device.devmajor, device.devminor = tarfile.CHRTYPE, 1, minor
        tar.addfile(device)
PY
  run -0 --separate-stderr husk-import dev.tar app
  [[ $stderr == "husk-import: 'dev/mem', 'dev/kmem', 'dev/null' and 2 more left out: devices can't be made without privileges" ]]
}

@test "import: owners are kept for a push, with subordinate ids or without" {
  mkdir root && echo x > root/file
  tar -C root --owner=7 --group=8 --numeric-owner -cf owned.tar .
  husk-import owned.tar app
  husk-import --userns=single owned.tar other
  # The diff id has the owners in it: both maps must give the same one.
  ids=$(find "$HUSK_ROOT"/layers -mindepth 2 -maxdepth 2 -printf '%f\n' | sort -u | wc -l)
  [[ $ids == 1 ]]
}

@test "import: two at the same time" {
  busybox_tar > a.tar
  for i in 1 2 3 4 5 6; do husk-import a.tar "app:$i" > "id$i" & done
  wait
  [[ $(husk-images -q | wc -l) -ge 1 ]]
  [[ $(husk-images app --format '{{.Tag}}' | sort | tr -d '\n') == 123456 ]]
  [[ $(find "$HUSK_ROOT"/layers -mindepth 2 -maxdepth 2 | wc -l) == 1 ]]
}
