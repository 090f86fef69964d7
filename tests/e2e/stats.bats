#!/usr/bin/env bats
# What containers use.
# shellcheck disable=SC2016  # scripts are for the shell in the container
load helpers

teardown() {
  end_containers
  clean_up
}

box() { husk-run --network=none "$@"; }

@test "stats: processors, memory, processes" {
  import_busybox
  box -d --name idle busybox sleep 60
  box -d --name busy busybox sh -c 'sleep 61 & while :; do :; done'
  husk-create --network=none --name none busybox true
  run -0 husk-stats --no-stream
  [[ ${lines[0]} == "CONTAINER ID   NAME   CPU %"*"MEM USAGE / LIMIT"*"MEM %"*"NET I/O"*"BLOCK I/O"*"PIDS" && ${#lines[@]} -eq 3 ]]
  run -0 husk-stats --no-stream --format '{{.Name}} {{.CPUPerc}} {{.PIDs}} {{.NetIO}}' busy idle
  [[ ${lines[0]} =~ ^busy\ ([0-9]+)\.[0-9]{2}%\ 2\ 0B\ /\ 0B$ ]]
  ((BASH_REMATCH[1] >= 5 && BASH_REMATCH[1] <= 130))
  [[ ${lines[1]} == "idle 0.00% 1 0B / 0B" ]]
  [[ $(husk-stats --no-stream --format '{{.MemUsage}}' idle) =~ ^[0-9.]+[KM]iB\ /\ [0-9.]+GiB$ ]]
  [[ $(husk-stats --no-stream -a --format '{{.Name}} {{.MemPerc}} {{.PIDs}}' | grep none) == "none 0.00% 0" ]]
  [[ $(husk-stats --no-stream --no-trunc --format json idle | python3 -c 'import json, sys; print(len(json.load(sys.stdin)["ID"]))') == 64 ]]
  box -d --name small --limits=best-effort --memory 64m busybox sleep 60
  [[ $(husk-stats --no-stream --format '{{.MemUsage}}' small) == *" / 64MiB" ]]
  run -1 husk-stats nobody
  [[ $output == *"no such container: 'nobody'"* ]]
  run -2 husk-stats --format '{{.Nope}}'
}

@test "stats: as a stream, until nobody reads" {
  import_busybox
  box -d --name c busybox sleep 60
  run -0 bash -c 'timeout 20 husk-stats --format "{{.Name}}" | head -3'
  [[ $output == $'c\nc\nc' ]]
  run -1 timeout 20 bash -c 'husk-stats > /dev/full'
}

@test "stats: the container's own network, and not that of the host" {
  import_busybox
  husk-run -d --name c busybox sh -c 'nc -w 1 198.51.100.1 9; echo sent; sleep 60' > /dev/null
  husk-run -d --name host --network=host busybox sleep 60 > /dev/null
  for _ in {1..100}; do [[ $(husk-logs c) != sent ]] || break; sleep 0.05; done
  run -0 husk-stats --no-stream --format '{{.NetIO}}' c host
  [[ ${lines[0]} =~ \ /\ [1-9][0-9.]+k?B$ && ${lines[1]} == "0B / 0B" ]]
}
