#!/usr/bin/env bats
# What containers have changed, where their ports are, and what runs in them.
# shellcheck disable=SC2016  # scripts are for the shell in the container
load helpers

teardown() {
  end_containers
  clean_up
}

box() { husk-run --network=none "$@"; }

@test "diff: added, changed, removed; directories that were emptied or replaced" {
  import_busybox
  printf 'FROM busybox\nRUN mkdir -p /d/sub /gone /filled && touch /d/a /d/b /d/sub/c /gone/x /filled/old /file\n' > Dockerfile
  husk-build -q -t app . > /dev/null
  box --name c -v vol:/vol app sh -c 'rm /d/a; echo > /d/sub/new; rm -r /gone; rm -r /filled; mkdir /filled; echo > /filled/new
    mkdir -p /new/deep; echo > /new/deep/f; echo more >> /file; rm -r /home; echo > /home; mkfifo /tmp/p; echo > /vol/unseen
    mkdir -m 0 /new/closed; ln -s / /new/link
    touch /etc/.wh.group /etc/.wh.nothing'
  run -0 husk-diff c
  [[ $output == "$(printf '%s\n' 'C /d' 'D /d/a' 'C /d/sub' 'A /d/sub/new' 'C /etc' 'D /etc/group' 'C /file' 'C /filled' 'A /filled/new' \
    'D /filled/old' 'D /gone' 'C /home' 'A /new' 'A /new/closed' 'A /new/deep' 'A /new/deep/f' 'A /new/link' \
    'C /tmp' 'A /tmp/p' 'A /vol')" ]]
  husk-create --network=none --name unused app true > /dev/null
  run -0 husk-diff unused
  [[ -z $output ]]
  run -1 husk-diff nobody
  [[ $output == *"no such container: 'nobody'"* ]]
  run -1 bash -c 'husk-diff c > /dev/full'
}

@test "diff: while it runs; names that would paint; many of them" {
  import_busybox
  box -d --name c busybox sh -c 'cd /tmp; touch "$(printf "a\033[2J")" done; exec sleep 60'
  for _ in {1..100}; do [[ $(husk-diff c) != *done* ]] || break; sleep 0.05; done
  run -0 husk-diff c
  [[ $output == *'A /tmp/a\x1b[2J'* && $output == *"A /tmp/done"* ]]
  husk-exec c sh -c 'cd /tmp; mkdir many; cd many; n=$(printf "%0200d" 0); seq 1 7000 | sed "s/^/$n/" | xargs touch'
  [[ $(husk-diff c | grep -c /tmp/many/) -eq 7000 ]]
}

@test "port: where they are published" {
  import_busybox
  local port port6
  port=$(free_port)
  port6=$(free_port)
  husk-run -d --name c -p "127.0.0.1:$port:80" -p "$port:53/udp" -p "[::1]:$port6:81" busybox sleep 60 > /dev/null
  run -0 husk-port c
  [[ $output == $'80/tcp -> 127.0.0.1:'"$port"$'\n53/udp -> 0.0.0.0:'"$port"$'\n81/tcp -> [::1]:'"$port6" ]]
  [[ $(husk-port c 80) == "127.0.0.1:$port" && $(husk-port c 53/udp) == "0.0.0.0:$port" ]]
  run -1 husk-port c 53
  [[ $output == *"port 53/tcp of container 'c' is not published"* ]]
  run -2 husk-port c http
  [[ $output == *"'http' is no port"* ]]
  [[ $(husk-inspect -f '{{(index (index .NetworkSettings.Ports "80/tcp") 0).HostPort}}' c) == "$port" ]]
  husk-kill c
  husk-wait c
  run -0 husk-port c
  [[ -z $output ]]
  run -1 husk-port c 80
  [[ $output == *"is not published: it does not run"* ]]
}

@test "top: the processes of a container and no others" {
  import_busybox
  box -d --name c busybox sh -c 'sleep 61 & sleep 62'
  husk-exec -d c sleep 63
  box -d --name other busybox sleep 64
  for _ in {1..100}; do [[ $(husk-top c) != *"sleep 63"* || $(husk-top c) != *"sleep 62"* ]] || break; sleep 0.05; done
  run -0 husk-top c
  [[ ${lines[0]} == UID*PID*PPID*CMD && ${#lines[@]} -eq 4 ]]
  [[ $output == *"sleep 61"* && $output == *"sleep 62"* && $output == *"sleep 63"* && $output != *"sleep 64"* ]]
  run -0 husk-top c -o pid,args
  [[ ${lines[0]} =~ ^PID\ +COMMAND$ && $output == *"sleep 61"* ]]
  kill -0 "$(awk '/sleep 61/ { print $1 }' <<< "$output")"
  run -0 husk-top c aux
  [[ ${lines[0]} == USER*COMMAND && ${#lines[@]} -eq 4 ]]
  run -1 husk-top c -o args
  [[ $output == *"has no column PID"*"add it"* ]]
  run -1 husk-top c --nonsense
  [[ $output == *"ps: "* ]]
  husk-kill other
  husk-wait other
  run -1 husk-top other
  [[ $output == *"container 'other' is not running"* ]]
}
