#!/usr/bin/env bats
# Containers that stand still.
# shellcheck disable=SC2016  # scripts are for the shell in the container
load helpers

teardown() {
  husk-ps -q -f status=paused | xargs -r husk-unpause > /dev/null
  end_containers
  clean_up
}

box() { husk-run --network=none "$@"; }
ticks() { wc -l < shared/ticks; }
status() { husk-ps -a -f name='^c$' --format '{{.State}} {{.Status}}'; }

@test "pause: all processes stand still, also those that fork, and go on" {
  import_busybox
  mkdir -m 777 shared
  box -d --name c -v "$PWD/shared:/s" busybox sh -c 'while :; do (sleep 0.01; echo >> /s/ticks) & wait $!; done'
  husk-exec -d c sh -c 'while :; do :; done'
  for _ in {1..100}; do [[ -e shared/ticks ]] && (($(ticks) > 3)) && break; sleep 0.05; done
  run -0 husk-pause c
  [[ $output == c && $(status) == "paused Up "*" (Paused)" ]]
  [[ $(husk-inspect -f '{{.State.Status}} {{.State.Running}} {{.State.Paused}}' c) == "paused true true" ]]
  [[ $(husk-ps -q -f status=paused | wc -l) -eq 1 && -z $(husk-ps -q -f status=running) ]]
  local before
  before=$(ticks)
  sleep 0.3
  [[ $(ticks) -eq $before ]]
  [[ -z $(husk-top c -o pid,stat | awk 'NR > 1 && $2 !~ /^[TZ]/') ]]
  run -1 husk-pause c
  [[ $output == *"container 'c' is already paused"* ]]
  run -125 husk-exec c true
  [[ $output == *"container 'c' is paused"*"husk-unpause lets it go on"* ]]
  run -0 husk-unpause c
  [[ $output == c && $(status) == "running Up "* ]]
  for _ in {1..100}; do (($(ticks) == before)) || break; sleep 0.05; done
  (($(ticks) > before))
  run -1 husk-unpause c
  [[ $output == *"container 'c' is not paused"* ]]
}

@test "pause: what is paused can be stopped and killed; what does not run can't be paused" {
  import_busybox
  box -d --name c busybox sh -c 'trap "exit 7" TERM; echo up; while :; do sleep 0.05; done'
  for _ in {1..100}; do [[ $(husk-logs c) != up ]] || break; sleep 0.05; done
  husk-pause c
  run -0 timeout 8 husk-stop c
  [[ $(husk-wait c) == 7 ]]
  run -1 husk-pause c nobody
  [[ $output == *"container 'c' is not running"*"no such container: 'nobody'"* ]]
  husk-start c
  husk-pause c
  husk-kill c
  [[ $(husk-wait c) == 137 ]]
}
