#!/usr/bin/env bats
# Images of containers.
# shellcheck disable=SC2016  # scripts are for the shell in the container
load helpers

teardown() {
  end_containers
  clean_up
}

box() { husk-run --network=none "$@"; }

import_web() {
  busybox_tar | husk-import --change 'ENTRYPOINT ["sh", "-c"]' --change 'CMD ["echo old"]' --change 'ENV A=1' web > /dev/null
}

@test "commit: files, owners and settings of a container become an image" {
  import_web
  local owners="0 0"
  ! has_subordinate_ids || owners="1000 10"
  box --name c -e B=2 -w /tmp -l own=1 -v vol:/vol web "echo new > /tmp/f; ln /tmp/f /tmp/g; ln -s f /tmp/l; rm /etc/group
    rm -r /home; mkdir /home; echo > /home/x; chown ${owners/ /:} /tmp/f; chmod 4750 /tmp/f; echo > /vol/unseen"
  run --separate-stderr -0 husk-commit -a 'Me <me>' -m 'a message' c done:1
  [[ $output =~ ^sha256:[0-9a-f]{64}$ && -z $stderr && $output == "$(husk-images -q --no-trunc done:1)" ]]
  run -0 box --rm done:1 'stat -c "%u %g %a %h" f; readlink l; cat g; echo $A $B $PWD; ls /etc/group /home /vol 2>&1; :'
  [[ ${lines[0]} == "$owners 4750 2" && ${lines[1]} == f && ${lines[2]} == new && ${lines[3]} == "1 2 /tmp" ]]
  [[ $output == *"/etc/group: No such file"*"/home:"*x* && $output != *unseen* && $output != *app* ]]
  run -0 husk-inspect --type image -f '{{.Author}} {{.Comment}} {{len .RootFS.Layers}} {{.Config.Entrypoint}} {{.Config.Labels}}' done:1
  [[ $output == "Me <me> a message 2 [sh -c] map[own:1]" ]]
  # The container is as it was, and the same is made of it again but for the time.
  run -0 husk-start -a c
  SOURCE_DATE_EPOCH=1 husk-commit c > first
  SOURCE_DATE_EPOCH=1 husk-commit c > second
  cmp first second
  [[ $(husk-inspect -f '{{.Created}} {{.RepoTags}}' "$(< first)") == "1970-01-01T00:00:01Z []" ]]
}

@test "commit: owners that a single id can't show stay with files that were changed" {
  busybox_tar > base.tar
  mkdir -p extra/srv && echo > extra/srv/file && echo > extra/srv/other
  tar --append -f base.tar -C extra --owner=1000 --group=10 --numeric-owner srv
  husk-import base.tar base > /dev/null
  box --name c --userns=single base sh -c 'echo more >> /srv/file'
  husk-commit c changed > /dev/null
  husk-export changed | tar -tv --numeric-owner > listing
  grep -q '1000/10 .* srv/file' listing
  grep -q '1000/10 .* srv/other' listing
}

@test "commit: changes, and those that can't be" {
  import_web
  husk-create --network=none --name c web > /dev/null
  husk-commit -c 'CMD ["echo $A $C"]' -c 'ENV C=$A' --change 'WORKDIR /etc' c changed > /dev/null
  [[ $(box --rm changed) == "1 1" && $(husk-inspect --type image -f '{{.Config.WorkingDir}} {{len .RootFS.Layers}}' changed) == "/etc 1" ]]
  run -2 husk-commit -c 'RUN true' c bad
  [[ $output == *"change 'RUN true': RUN can't be used here"*"a change is CMD, ENTRYPOINT"* ]]
  run -2 husk-commit c 'Bad Name'
  run -1 husk-commit nobody
  [[ $output == *"no such container: 'nobody'"* ]]
  [[ -z $(husk-images -q bad) ]]
}

@test "commit: of a running container, which stands still meanwhile" {
  import_web
  box -d --name c web 'i=0; while :; do i=$((i+1)); for f in a b; do echo $i > /tmp/$f.new; mv /tmp/$f.new /tmp/$f; done; done'
  for _ in {1..100}; do [[ $(husk-diff c) != *"/tmp/b"* ]] || break; sleep 0.05; done
  for _ in {1..5}; do
    husk-commit c snap > /dev/null
    [[ $(box --rm snap 'echo $(($(cat /tmp/a) - $(cat /tmp/b)))') =~ ^[01]$ ]]
  done
  [[ $(husk-ps -f name='^c$' --format '{{.State}}') == running ]]
  husk-pause c
  husk-commit c snap > /dev/null
  [[ $(husk-ps -f name='^c$' --format '{{.State}}') == paused ]]
  husk-unpause c
  husk-commit --no-pause c moving > /dev/null
  husk-commit --pause=false c moving > /dev/null
}

@test "commit: what an image can't hold is left out, and told of" {
  import_web
  box --name c web 'echo > /tmp/file'
  python3 - "$(husk-inspect -f '{{.GraphDriver.Data.UpperDir}}' c)/tmp" <<'EOP'
import os, socket, sys
os.chdir(sys.argv[1])
socket.socket(socket.AF_UNIX).bind("socket")
EOP
  run --separate-stderr -0 husk-commit c one
  [[ $stderr == "husk-commit: 'tmp/socket' left out: a socket" && $output == sha256:* ]]
  run --separate-stderr -0 husk-commit -q c two
  [[ -z $stderr ]]
  [[ $(box --rm two 'ls /tmp') == file ]]
}
