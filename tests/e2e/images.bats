#!/usr/bin/env bats
load helpers

@test "images: a table as docker's" {
  import_busybox
  run -0 husk-images
  [[ ${lines[0]} =~ ^"REPOSITORY   TAG      IMAGE ID       CREATED".*SIZE$ ]]
  [[ ${lines[1]} =~ ^"busybox      latest   "[0-9a-f]{12}"   ".*" ago".*B$ ]]
}

@test "images: quiet, whole ids, digests, a name" {
  import_busybox
  busybox_tar | husk-import me/app:1 >/dev/null
  [[ $(husk-images -q | wc -l) == 2 ]]
  [[ $(husk-images -q --no-trunc me/app) =~ ^sha256:[0-9a-f]{64}$ ]]
  [[ $(husk-images -q me/app:2) == "" ]]
  [[ $(husk-images --digests busybox) =~ DIGEST.*sha256: ]]
}

@test "images: a pattern of names" {
  import_busybox
  busybox_tar > tar
  husk-import tar me/app:1
  husk-import tar me/apple:2
  [[ $(husk-images --format '{{.Repository}}:{{.Tag}}' 'me/app*' | sort | xargs) == "me/app:1 me/apple:2" ]]
  [[ $(husk-images --format '{{.Repository}}' '*') == busybox ]]
  [[ $(husk-images --format '{{.Repository}}' 'me/*:[2-9]') == me/apple ]]
  [[ -z $(husk-images -q 'you/*') ]]
}

@test "images: json and templates" {
  import_busybox
  husk-images --format json | python3 -c '
import json, sys
row = json.loads(sys.stdin.read())
assert row["Repository"] == "busybox" and row["Tag"] == "latest" and len(row["ID"]) == 12, row'
  [[ $(husk-images --format '{{.Repository}}\t{{json .Tag}}') == $'busybox\t"latest"' ]]
  [[ $(husk-images --format 'table {{.Tag}}\t{{.Repository}}') == $'TAG      REPOSITORY\nlatest   busybox' ]]
  run -2 husk-images --format '{{.Nonsense}}'
  [[ $output == *"hint: there are: .Repository"* ]]
}

@test "images: an image that loses its name to another is listed without one" {
  import_busybox
  import_busybox -c 'LABEL a=b'
  run -0 husk-images --format '{{.Repository}}:{{.Tag}}'
  [[ $output == $'busybox:latest\n<none>:<none>' ]]
}

@test "images: a full standard output is a failure" {
  import_busybox
  run -1 bash -c 'husk-images > /dev/full'
}

@test "images: a store that can only be read is enough" {
  import_busybox
  chmod 0500 "$HUSK_ROOT"
  [[ $(husk-images -q | wc -l) == 1 ]]
  chmod 0700 "$HUSK_ROOT"
}

@test "images: a store of others, or one open to others, is refused" {
  import_busybox
  chmod 0777 "$HUSK_ROOT"
  run -1 husk-images
  [[ $output == *"writable by others"*"hint: "* ]]
  chmod 0700 "$HUSK_ROOT"
  HUSK_ROOT=/usr run -1 husk-images
  [[ $output == *"belongs to user 0"* ]]
}

@test "completion in a store that can't be read is silent" {
  mkdir broken
  echo "of another program" > broken/version
  run env HUSK_ROOT="$PWD/broken" husk-images x
  [[ $status -eq 1 && $output == *broken* ]]
  run env HUSK_COMPLETE=1 HUSK_ROOT="$PWD/broken" husk-images x
  [[ $status -eq 1 && -z $output ]]
}
