#!/usr/bin/env bats
# What there is to say about containers in lists: husk-ps with its filters and formats.
load helpers

teardown() {
  end_containers
  clean_up
}

box() { husk-run --network=none "$@"; }
names() { husk-ps --format '{{.Names}}' "$@"; }

@test "ps: filters, as many as wanted" {
  import_busybox
  box -d --name web --label tier=front busybox sleep 60
  box --name done --label tier=back -v data:/data busybox true
  run -3 box --name failed -v "$PWD:/mnt" busybox sh -c 'exit 3'
  husk-create --network=none --name made --label tier=back busybox true
  [[ $(names) == web ]]
  [[ $(names -a) == $'made\nfailed\ndone\nweb' ]]
  [[ $(names -f status=exited) == $'failed\ndone' ]]
  [[ $(names -f status=created -f status=running) == $'made\nweb' ]]
  [[ $(names -a -f exited=3) == failed && -z $(names -f exited=3) ]]
  [[ $(names -a -f label=tier=back) == $'made\ndone' ]]
  [[ $(names -a -f label=tier=back -f label=other) == "" ]]
  [[ $(names -a -f name='^(done|made)$') == $'made\ndone' ]]
  [[ $(names -a -f "id=$(husk-ps -aq -f name=failed)") == failed ]]
  [[ $(names -a -f before=failed) == $'done\nweb' && $(names -a -f since=failed) == made ]]
  [[ $(names -a -f volume=data) == "done" && $(names -a -f volume=/mnt) == failed ]]
  [[ $(names -a -f network=none | wc -l) -eq 4 && -z $(names -a -f network=host) ]]
  run -2 husk-ps -f nonsense=1
  [[ $output == *"filter 'nonsense=1' is not NAME=VALUE with a name that is known"*"known are ancestor, before"* ]]
  run -2 husk-ps -f status=nonsense
  run -1 husk-ps -f since=nobody
  [[ $output == *"no such container: 'nobody'"* ]]
}

@test "ps: by the image, and by what that was built on" {
  import_busybox
  printf 'FROM busybox\nRUN echo > /f\n' > Dockerfile
  husk-build -q -t derived . > /dev/null
  mkdir empty
  tar -C empty -cf - . | husk-import other > /dev/null
  husk-create --network=none --name base busybox true
  husk-create --network=none --name built derived true
  husk-create --network=none --name another other true
  [[ $(names -a -f ancestor=busybox) == $'built\nbase' ]]
  [[ $(names -a -f ancestor=derived) == built ]]
  [[ $(names -a -f "ancestor=$(husk-images -q other)") == another ]]
  [[ -z $(names -a -f ancestor=nobody) ]]
}

@test "ps: the last ones, their ids, their sizes" {
  import_busybox
  for name in a b c; do husk-create --network=none --name "$name" busybox true; done > ids
  [[ $(names -l) == c && $(names -n 2) == $'c\nb' && $(names -n 9 | wc -l) -eq 3 ]]
  [[ $(husk-ps -aq --no-trunc) == "$(tac ids)" && $(husk-ps -lq --no-trunc) == "$(tail -1 ids)" ]]
  [[ $(husk-ps -n 2 -q) == "$(tac ids | head -2 | cut -c 1-12)" ]]
  box --name writer busybox sh -c 'head -c 1000 /dev/zero > /tmp/x; mkdir -m 0 /tmp/closed; rm /etc/group'
  run -0 husk-ps -l -s
  [[ ${lines[0]} == *"SIZE" && ${lines[1]} =~ \ 1kB\ \(virtual\ [0-9.]+MB\)$ ]]
  [[ $(husk-ps -l --format '{{.Size}}') == "1kB (virtual"* ]]
  [[ $(husk-ps -l --format json) == *'"Size":""'* ]]
}

@test "ps: more containers than a process may have files open by default" {
  import_busybox
  seq 40 | xargs -I N husk-create --name box-N --network=none busybox true > /dev/null
  ulimit -Sn 32
  [[ $(husk-ps -a --format '{{.Names}}' | wc -l) -eq 40 ]]
  husk-fsck
  husk-ps -aq | xargs husk-rm > /dev/null
}

@test "ps: templates" {
  import_busybox
  husk-create --network=none --name one --label org.tier=front -v data:/data -v "$PWD:/a" busybox true
  run -0 husk-ps -a --format 'table {{.Names}}\t{{.Label "org.tier"}}\t{{upper .State}}'
  [[ ${lines[0]} == 'NAMES   tier    STATE' && ${lines[1]} == 'one     front   CREATED' ]]
  run -0 husk-ps -a --format '{{if eq .State "created"}}{{printf "%-6s|" .Names}}{{else}}no{{end}}{{.LocalVolumes}}'
  [[ $output == 'one   |1' ]]
  [[ $(husk-ps -a --no-trunc --format '{{.Mounts}}') == "data,$PWD" ]]
  [[ $(husk-ps -a --format '{{json .}}' | python3 -c 'import json, sys; print(json.load(sys.stdin)["Names"])') == one ]]
  run -2 husk-ps --format '{{.Nope}}'
  [[ $output == *"there is no field '.Nope'"*"there are: .ID"* ]]
  run -2 husk-ps --format '{{.ID'
  [[ $output == *'a "{{" has no "}}"'* ]]
  run -1 husk-ps -a --format '{{index .Names 99}}'
  [[ $output == *"index 99 is out of range"* ]]
  run -1 bash -c 'husk-ps -a > /dev/full'
}
