#!/usr/bin/env bats
# One more command in a container that runs.
# shellcheck disable=SC2016  # scripts are for the shell in the container
load helpers

teardown() {
  end_containers
  clean_up
}

start_box() {
  import_busybox
  husk-run -d --network=none --name box "$@" busybox sleep 300 > /dev/null
}

@test "exec: streams, exit code, arguments" {
  start_box
  run --separate-stderr -7 husk-exec box sh -c 'echo "out $1"; echo err >&2; exit 7' sh 'a b'
  [[ $output == "out a b" && $stderr == err ]]
  run -0 husk-exec -i box cat <<< typed
  [[ $output == typed ]]
  run -0 husk-exec box cat <<< "nobody reads this"
  [[ -z $output ]]
  run -0 bash -o pipefail -c 'head -c 3000000 /dev/zero | husk-exec -i box cat | wc -c'
  [[ $output == 3000000 ]]
  run -137 husk-exec box sh -c 'kill -9 $$'
  run -0 husk-exec box sh -c '[ -e /bin/sh ] && [ -n a,b ]'
}

@test "exec: 125, 126 and 127 say why it did not start" {
  start_box
  run -127 husk-exec box nothing
  [[ $output == "husk-exec: execute 'nothing': No such file or directory" ]]
  run -126 husk-exec box /etc
  run -125 husk-exec box
  [[ $output == *"no command"* ]]
  run -125 husk-exec nobody true
  [[ $output == *"no such container"* ]]
  run -125 husk-exec -u nobody-here box true
  [[ $output == *"no user 'nobody-here'"* ]]
  run -125 husk-exec -w /nowhere box true
  [[ $output == *"working directory '/nowhere'"* ]]
  run -125 husk-exec -w /proc/self/fd/3 box true
  run -125 husk-exec -d -t box true
  husk-stop box > /dev/null
  run -125 husk-exec box true
  [[ $output == *"container 'box' is not running"* ]]
}

@test "exec: as the container has it, and as it is told" {
  start_box -e A=container -w /tmp
  B=caller SECRET=canary run -0 husk-exec -e B -e C=3 box sh -c 'echo "$A $B $C $PWD $(hostname | wc -c)"; env'
  [[ ${lines[0]} == "container caller 3 /tmp 13" && $output != *canary* && $output == *HOME=/root* ]]
  run -0 husk-exec -w /etc box pwd
  [[ $output == /etc ]]
  has_subordinate_ids || return 0
  run -0 husk-exec -u app box sh -c 'echo "$(id) $HOME"'
  [[ $output == "uid=1000(app) gid=1000(app) groups="*"10(wheel)"*" /home/app" ]]
}

@test "exec: the same host name as the first process has, also the host's" {
  import_busybox
  husk-run -d --network=host --name box busybox sleep 300 > /dev/null
  [[ $(husk-exec box sh -c 'echo $HOSTNAME; hostname') == "$(hostname)"$'\n'"$(hostname)" ]]
}

@test "exec: in all namespaces of the container, with its files" {
  start_box
  husk-exec box sh -c 'echo made > /made'
  [[ $(husk-cp box:/made - | tar -xO) == made ]]
  local kind
  for kind in user mnt pid ipc uts net cgroup; do
    [[ $(husk-exec box readlink "/proc/1/ns/$kind") == "$(husk-exec box readlink "/proc/self/ns/$kind")" ]]
    [[ $(husk-exec box readlink "/proc/self/ns/$kind") != "$(readlink "/proc/self/ns/$kind")" ]]
  done
  run -0 husk-exec box sh -c 'cat /proc/1/comm; ls /proc/self/fd'
  [[ ${lines[0]} == sleep && "${lines[*]:1}" == "0 1 2 3" ]] # 3 is ls's own
}

@test "exec: the very profile of the first process" {
  import_busybox
  status='grep -E "^(Cap|Seccomp|NoNewPrivs|Groups)" /proc/self/status; ulimit -a; umask; cat /proc/self/mountinfo | wc -l'
  husk-run -d --network=none --name box busybox sh -c "($status) > /first; exec sleep 300" > /dev/null
  for _ in {1..100}; do husk-exec box test -s /first && break; sleep 0.05; done
  diff <(husk-exec box sh -c "$status") <(husk-exec box cat /first)
  [[ $(husk-exec box grep Seccomp: /proc/self/status) == *2 ]]
  # Nothing of the host by way of the program that brought it there.
  run -0 husk-exec box sh -c 'readlink /proc/self/exe'
  [[ $output == /bin/busybox ]]
}

@test "exec: signals reach it, and it ends with the one who called it" {
  start_box
  husk-exec box sh -c 'trap "echo got; exit 3" TERM; echo up; while :; do sleep 0.1; done' > log 3>&- &
  client=$!
  wait_for_line log up
  kill -TERM "$client"
  exit_code_of "$client"
  [[ $code -eq 3 && $(tail -1 log) == got ]]
  husk-exec box sh -c 'echo up; exec sleep 111' > log2 3>&- &
  client=$!
  wait_for_line log2 up
  kill -9 "$client"
  for _ in {1..50}; do [[ $(husk-exec box ps) == *"sleep 111"* ]] || break; sleep 0.05; done
  [[ $(husk-exec box ps) != *"sleep 111"* ]]
}

@test "exec -d: it goes on without us, and ends with the container" {
  start_box
  run -0 timeout 10 sh -c 'husk-exec -d box sleep 222 | cat'
  [[ $(husk-exec box ps) == *"sleep 222"* ]]
  run -127 husk-exec -d box nothing
  [[ $output == *"execute 'nothing'"* ]]
  husk-stop box > /dev/null
  wait_for_no_process "sleep 222"
}

@test "exec -t: a terminal of the container's own" {
  start_box
  run -0 expect -c '
    set timeout 20
    spawn husk-exec -it box sh
    send "tty; stty size\r"
    expect "/dev/pts/0"
    send "exit 5\r"
    expect eof
    lassign [wait] pid spawnid os code
    exit [expr {$code == 5 ? 0 : 1}]'
  run -125 husk-exec -it box sh < /dev/null
  [[ $output == *"not a TTY"* ]]
}

@test "exec: a container that ends meanwhile takes it along" {
  import_busybox
  husk-run -d --network=none --name short busybox sh -c 'until [ -e /in ]; do sleep 0.1; done' > /dev/null
  run -137 timeout 20 husk-exec short sh -c 'touch /in; exec sleep 60'
}
