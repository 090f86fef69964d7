#!/usr/bin/env bats
# Containers in the background, and those that are stopped and started again.
# shellcheck disable=SC2016  # scripts are for the shell in the container
load helpers

teardown() {
  end_containers
  clean_up
}

box() { husk-run --network=none "$@"; }
wait_for_log() { # CONTAINER TEXT
  local _
  for _ in {1..100}; do
    [[ $(husk-logs "$1" 2>&1) != *"$2"* ]] || return 0
    sleep 0.05
  done
  echo "no '$2' in the log of $1" >&2
  return 1
}

@test "run -d: the id when it really runs; logs, exit code, files that stay" {
  import_busybox
  run --separate-stderr -0 box -d --name web busybox \
    sh -c 'echo out; echo err >&2; echo kept > /file; until [ -e /go ]; do sleep 0.1; done; exit 3'
  [[ $output =~ ^[0-9a-f]{64}$ && -z $stderr ]]
  run -0 husk-ps --format '{{.Names}} {{.State}}'
  [[ $output == "web running" ]]
  husk-exec web touch /go
  run -0 husk-wait web
  [[ $output == 3 ]]
  run --separate-stderr -0 husk-logs web
  [[ $output == out && $stderr == err ]]
  run -0 husk-ps -a --format '{{.Names}} {{.Status}}'
  [[ $output == "web Exited (3) "* ]]
  husk-cp web:/file - | tar -xO | grep -qx kept
}

@test "run -d: what keeps it from starting is said by the one who started it" {
  import_busybox
  run -127 box -d busybox nothing
  [[ $output == *"execute 'nothing': No such file or directory"* ]]
  run -125 box -d -u nobody-here busybox true
  [[ $output == *"no user 'nobody-here'"* ]]
  run -0 husk-ps -q
  [[ -z $output ]]
}

@test "run -d --rm: it goes with its end, and its exit code can be waited for" {
  import_busybox
  id=$(box -d --rm busybox sh -c 'until [ -e /go ]; do sleep 0.1; done; exit 7')
  husk-wait "$id" > waited 3>&- &
  local waiting=$! _
  # It waits for the container's lock, so it has the file open.
  for _ in {1..300}; do ls -l "/proc/$waiting/fd" | grep -q "/containers/$id/lock\$" && break || sleep 0.05; done
  husk-exec "$id" touch /go
  exit_code_of "$waiting"
  [[ $code -eq 0 && $(< waited) == 7 ]]
  box -d --rm --name stopped busybox sleep 60 > /dev/null
  run -0 husk-stop stopped
  [[ $output == stopped ]]
  wait_for_no_process "husk-monitor $HUSK_ROOT"
  run -0 husk-ps -aq
  [[ -z $output ]]
}

@test "it holds nothing of the caller's: not its pipe, not its terminal, not its directory" {
  import_busybox
  run -0 timeout 10 sh -c 'husk-run -d --network=none --name d busybox sleep 60 | cat'
  monitor=$(pgrep -f "husk-monitor $HUSK_ROOT")
  [[ $(readlink "/proc/$monitor/cwd") == / && $(ps -o tty= -p "$monitor") == "?" ]]
  [[ $(readlink "/proc/$monitor/fd/0") == /dev/null && $(readlink "/proc/$monitor/fd/2") == /dev/null ]]
}

@test "stop: the signal that it asks for, then KILL; kill: at once" {
  busybox_tar | husk-import --change 'STOPSIGNAL SIGUSR1' usr1 > /dev/null
  import_busybox
  box -d --name polite usr1 sh -c 'trap "echo bye; exit 5" USR1; echo up; while :; do sleep 0.1; done'
  box -d --name deaf busybox sh -c 'trap "" TERM; echo up; while :; do sleep 0.1; done'
  box -d --name plain busybox sleep 60
  wait_for_log polite up
  wait_for_log deaf up
  run -0 husk-stop polite
  [[ $output == polite && $(husk-logs polite) == *bye* ]]
  run -0 husk-wait polite
  [[ $output == 5 ]]
  run -0 husk-stop -t 1 deaf
  run -0 husk-wait deaf
  [[ $output == 137 ]]
  # The first process of a pid namespace would never hear of TERM: nobody waits ten seconds for nothing.
  run -0 timeout 5 husk-stop plain
  run -0 husk-stop plain
  [[ $output == plain ]]
  run -1 husk-kill plain
  [[ $output == *"container 'plain' is not running"* ]]
  run -2 husk-kill -s NONSENSE plain
  [[ $output == *"there is no signal 'NONSENSE'"* ]]
}

@test "create and start: in the background, and attached with -a and -i" {
  import_busybox
  run -0 husk-create --network=none -i --name c busybox sh -c 'echo "got $(cat)"; echo again >> /n; wc -l < /n; exit 4'
  [[ $output =~ ^[0-9a-f]{64}$ ]]
  run -0 husk-ps -a --format '{{.Names}} {{.Status}}'
  [[ $output == "c Created" ]]
  run -4 husk-start -a -i c <<< typed
  [[ ${lines[0]} == "got typed" && ${lines[1]} == 1 ]]
  run -4 husk-start -a c < <(echo "nobody reads this")
  [[ ${lines[0]} == "got " && ${lines[1]} == 2 ]]
  husk-create --network=none --name d busybox sleep 60 > /dev/null
  run -0 husk-start d
  [[ $output == d ]]
  run -0 husk-start d # runs already
  run -125 husk-start -a d
  [[ $output == *"container 'd' is running"* ]]
  run -1 husk-start d nobody
  [[ $output == *"no such container: 'nobody'"* ]]
}

@test "start gives it what run gave it: environment, user, directory, volumes, host name, bytes that are no text" {
  import_busybox
  mkdir shared
  user=root
  ! has_subordinate_ids || user=app
  box --name all -e A=1 -e B=$'\xff' -w /tmp -u "$user" --hostname there -v "$PWD/shared:/s:ro" busybox \
    sh -c 'echo "$A $B $PWD $(id -un) $(hostname)"; touch /s/x 2>/dev/null || echo read-only' > first
  husk-start -a all > second
  cmp first second
  [[ $(< first) == "1 "$'\xff'" /tmp $user there"$'\n'read-only ]]
}

@test "restart and rename" { # with names that can't be the beginning of an id
  import_busybox
  box -d --name old busybox sh -c 'echo started; exec sleep 60'
  wait_for_log old started
  run -0 husk-restart old
  [[ $output == old ]]
  for _ in {1..50}; do [[ $(husk-logs old | wc -l) -lt 2 ]] || break; sleep 0.05; done
  [[ $(husk-logs old) == started$'\n'started ]]
  husk-rename old new
  run -0 husk-ps --format '{{.Names}}'
  [[ $output == new ]]
  run -1 husk-logs old
  [[ $output == *"no such container"* ]]
  husk-create --name old busybox true > /dev/null
  run -1 husk-rename old new
  [[ $output == *"the name 'new' is taken"* ]]
  husk-stop new
}

@test "logs: of a terminal, the last lines, times, since and until, following to the end" {
  import_busybox
  box -d --name many busybox sh -c 'i=0; while [ $i -lt 2000 ]; do i=$((i+1)); echo "line $i"; done; printf "no end"'
  husk-wait many
  [[ $(husk-logs many | wc -l) -eq 2000 && $(husk-logs many | tail -c 6) == "no end" ]]
  [[ $(husk-logs -n 2 many) == "line 2000"$'\n'"no end" && -z $(husk-logs -n 0 many) ]]
  [[ $(husk-logs -t -n 1 many) =~ ^20[0-9-]+T[0-9:.]+Z\ no\ end$ ]]
  [[ -z $(husk-logs --since 2100-01-01T00:00:00Z many) && -z $(husk-logs --until 1h many) ]]
  [[ $(husk-logs --since 1h many | wc -l) -eq 2000 ]]
  run -2 husk-logs --since yesterday many
  [[ $output == *"'yesterday' is neither an age nor a point in time"* ]]
  run -2 husk-logs -n x many
  run -0 bash -o pipefail -c 'husk-logs many | head -1'
  box -d --name slow busybox sh -c 'for i in 1 2 3; do echo $i; sleep 0.2; done; echo end >&2'
  run --separate-stderr -0 timeout 10 husk-logs -f slow
  [[ $output == 1$'\n'2$'\n'3 && $stderr == end ]]
  box -d -t --name tty busybox sh -c 'test -t 1 && echo terminal'
  husk-wait tty
  [[ $(husk-logs tty) == terminal$'\r' ]]
}

@test "its monitor killed: the container goes too, and ps tells the truth" {
  import_busybox
  box -d --name orphan busybox sh -c 'echo up; exec sleep 60'
  wait_for_log orphan up
  pkill -9 -f "husk-monitor $HUSK_ROOT"
  for _ in {1..50}; do [[ -n $(husk-ps -q) ]] || break; sleep 0.05; done
  run -0 husk-ps -a --format '{{.Names}} {{.Status}}'
  [[ $output == "orphan Exited (unknown)" ]]
  run -1 husk-wait orphan
  [[ $output == *"nobody saw how container 'orphan' ended"* ]]
  run -0 husk-start orphan
  husk-stop orphan
}

@test "ps -q | xargs husk-stop" {
  import_busybox
  for name in a b c; do box -d --name "$name" busybox sleep 60; done
  run -0 sh -c 'husk-ps -q | xargs husk-stop'
  run -0 husk-ps -q
  [[ -z $output ]]
  run -0 sh -c 'husk-ps -aq | xargs husk-rm'
  [[ $(wc -l <<< "$output") -eq 3 ]]
}
