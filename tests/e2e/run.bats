#!/usr/bin/env bats
# shellcheck disable=SC2016  # scripts are for the shell in the container
load helpers

# Every container must be gone at the end, whatever the test did.
box() { husk-run --rm --network=none "$@"; }

setup_file() { :; }

@test "run: the command, its arguments and its exit code" {
  import_busybox
  run -0 box busybox echo 'a b' c
  [[ $output == 'a b c' ]]
  run -7 box busybox sh -c 'exit 7'
  run -137 box busybox sh -c 'sh -c "kill -9 \$\$"; exit $?'
  run -0 husk-ps -aq
  [[ -z $output ]]
}

@test "run: 125, 126 and 127 say why it did not start" {
  import_busybox
  run -127 box busybox nothing
  [[ $output == "husk-run: execute 'nothing': No such file or directory" ]]
  run -126 box busybox /etc/passwd
  [[ $output == *"execute '/etc/passwd': Permission denied"* ]]
  run -126 box busybox /etc
  run -125 box --pull=never nothing true
  [[ $output == *"no such image"* ]]
  run -125 box --no-such-option busybox true
  run -125 box -u nobody-here busybox true
  [[ $output == *"no user 'nobody-here' in the image's /etc/passwd"* ]]
  run -125 husk-run
}

@test "run: options end at the image" {
  import_busybox
  run -0 box busybox echo --rm -e X=1 -- -x
  [[ $output == '--rm -e X=1 -- -x' ]]
}

@test "run: a caller who may have no core files" {
  import_busybox
  (ulimit -Hc 0; box busybox true)
  (ulimit -Hc 0; husk-build -q --network=none - <<< $'FROM busybox\nRUN true' > id)
}

@test "run: short options with an equals sign" {
  import_busybox
  run -0 box -e=A=1 -e B==2 -w=/etc -u=0 busybox sh -c 'echo "$A $B $(pwd)"' -x=y
  [[ $output == '1 =2 /etc' ]]
  run -0 husk-ps -an=1 -f=name=none
}

@test "run: words in brackets are words" {
  import_busybox
  run -0 box -e 'E=[1,2]' busybox sh -c '[ "$E" = "[1,2]" ] && [ -e /bin/sh ]'
  run -0 box busybox echo '[a,b]' '[]' '[' ']'
  [[ $output == '[a,b] [] [ ]' ]]
}

@test "run: environment of the image and of -e, nothing of the caller's" {
  busybox_tar | husk-import --change 'ENV A=image' --change 'ENV B=image' busybox >/dev/null
  SECRET=canary C=mine run -0 box -e A=user -e C -e D=1=2 -e NONE busybox env
  [[ $output == *A=user* && $output == *B=image* && $output == *C=mine* && $output == *D=1=2* ]]
  [[ $output == *HOME=/root* && $output == *PATH=/usr/local/sbin:* && $output == *HOSTNAME=* ]]
  [[ $output != *canary* && $output != *NONE* && $output != *HUSK_ROOT* ]]
}

@test "run: entrypoint and command" {
  busybox_tar | husk-import --change 'ENTRYPOINT ["echo","entry"]' --change 'CMD ["cmd"]' busybox >/dev/null
  run -0 box busybox
  [[ $output == 'entry cmd' ]]
  run -0 box busybox mine
  [[ $output == 'entry mine' ]]
  run -0 box --entrypoint echo busybox x
  [[ $output == x ]]
  run -0 box --entrypoint '' busybox echo y
  [[ $output == y ]]
  run -125 box --entrypoint '' busybox
  [[ $output == *"names no command"* ]]
}

@test "run: working directory" {
  import_busybox
  run -0 box -w /tmp/new/dir busybox pwd
  [[ $output == /tmp/new/dir ]]
  local bad
  for bad in /proc/self/fd/3 /proc/self/fd/7 /proc/1/cwd /proc/1/root /proc/self/fd; do
    run -125 box -w "$bad" busybox true
    [[ $output == *"working directory"* ]]
  done
  run -0 box -w ../../.. busybox pwd
  [[ $output == / ]]
}

@test "run: users by name and number" {
  import_busybox
  run -0 box busybox id -u
  [[ $output == 0 ]]
  local bad
  for bad in 4294967295 4294967296 -1 18446744073709551616 ': ' 0:4294967295; do
    run -125 box --user="$bad" busybox true
  done
  if has_subordinate_ids; then
    run -0 box -u app busybox sh -c 'id -u; id -g; id -G; echo $HOME'
    [[ $output == $'1000\n1000\n1000 10\n/home/app' ]]
    run -0 box -u 5:6 busybox sh -c 'id -u; id -g'
    [[ $output == $'5\n6' ]]
    run -0 box -u root:wheel busybox id -g
    [[ $output == 10 ]]
    run -125 box -u 70000 busybox true
    [[ $output == *"hint: "*"id map"* ]]
  fi
  run -125 box --userns=single -u app busybox true
  [[ $output == *"become user 'app'"* && $output == *"hint: "*"/etc/subuid"* ]]
}

@test "run: the single id is asked for, or all there is" {
  import_busybox
  run -0 box --userns=single busybox sh -c 'cat /proc/self/uid_map /proc/self/setgroups; touch /x && ls -n /x'
  [[ $output == *" 1"$'\n'*deny* ]]
  if ! has_subordinate_ids; then
    run -125 box --userns=subid busybox true
    [[ $output == *"hint: "*usermod* ]]
  fi
}

@test "run: standard input only with -i, and both outputs apart" {
  import_busybox
  [[ $(echo hello | box -i busybox cat) == hello ]]
  [[ -z $(echo hello | box busybox cat) ]]
  [[ $(box busybox sh -c 'echo out; echo err >&2' 2>/dev/null) == out ]]
  [[ $(head -c 3000000 /dev/zero | box -i busybox sh -c 'cat | wc -c') == 3000000 ]]
  # A reader that has enough ends it.
  run -0 bash -c 'husk-run --rm --network=none busybox yes 2>/dev/null | head -n 2'
  [[ $output == $'y\ny' ]]
}

@test "run: a terminal with -t, none without" {
  import_busybox
  run -0 script -qec 'husk-run --rm --network=none -it busybox sh -c "tty; stty size; test -t 0 && echo yes"' /dev/null < /dev/null
  [[ $output == */dev/pts/0* && $output == *yes* ]]
  run -0 script -qec 'stty rows 33 cols 77; husk-run --rm --network=none -it busybox stty size' /dev/null < /dev/null
  [[ $output == *'33 77'* ]]
  # Without -t the caller's terminal is not the controlling one of anybody in there.
  run -0 script -qec 'husk-run --rm --network=none -i busybox sh -c "cat /dev/tty; echo code \$?"' /dev/null < /dev/null
  [[ $output == *'code 1'* ]]
  run -125 box -it busybox true < /dev/null
  [[ $output == *"not a TTY"* ]]
}

@test "run: the terminal is as it was afterwards" {
  import_busybox
  run -0 script -qec 'stty -a > before; husk-run --rm --network=none -it busybox true; stty -a > after' /dev/null < /dev/null
  cmp before after
}

@test "run: signals reach the command" {
  import_busybox
  husk-run --rm --network=none busybox sh -c \
    'trap "echo got it; exit 9" TERM; echo ready; while :; do sleep 0.1; done' > out 3>&- &
  wait_for_line out ready
  kill -TERM $!
  exit_code_of $!
  [[ $code -eq 9 ]]
  grep -q 'got it' out
}

@test "run: a signal that a first process would not hear ends it all the same" {
  import_busybox
  local name
  for name in TERM INT HUP; do
    husk-run --rm --network=none busybox sh -c 'echo ready; exec sleep 100' > out 3>&- &
    wait_for_line out ready
    kill -$name $!
    exit_code_of $!
    [[ $code -eq $((128 + $(kill -l $name))) ]]
    rm out
  done
}

@test "run: nothing is left after kill -9" {
  import_busybox
  husk-run --rm --name victim --network=none busybox sh -c 'echo ready; sleep 4711' > out 3>&- &
  wait_for_line out ready
  kill -9 $!
  wait $! || true
  wait_for_no_process 'sleep 4711'
  run -0 husk-ps -a --format '{{.Names}} {{.Status}}'
  [[ $output == 'victim Exited (unknown)' ]]
  husk-rm victim
}

@test "run: volumes" {
  import_busybox
  mkdir -p host/sub
  echo hello > host/file
  run -0 box -v "$PWD/host:/data:ro" -v ./host/sub:/data/sub -v ./host/file:/etc/one busybox \
    sh -c 'cat /data/file /etc/one; touch /data/x 2>/dev/null || echo read-only; touch /data/sub/y && echo written'
  [[ $output == $'hello\nhello\nread-only\nwritten' ]]
  [[ -e host/sub/y ]]
  box -v ./made:/m busybox true
  [[ -d made ]]
  local bad
  for bad in ./host:x ./host:/x:shared ./host:/ ./host:/proc x; do
    run -125 box -v "$bad" busybox true
  done
}

@test "run: a volume's set-user-id bit and devices are without power" {
  import_busybox
  mkdir host
  run -0 box -v ./host:/data busybox grep ' /data ' /proc/self/mountinfo
  [[ $output == *nosuid,nodev* ]]
}

@test "run: read-only root" {
  import_busybox
  run -0 box --read-only busybox sh -c 'touch /x 2>/dev/null || echo no; touch /dev/shm/x && echo yes'
  [[ $output == $'no\nyes' ]]
}

@test "run: names" {
  import_busybox
  husk-run --name one --network=none busybox true
  run -125 husk-run --name one --network=none busybox true
  [[ $output == *"the name 'one' is taken"* ]]
  run -0 husk-ps -a --format '{{.Names}} {{.Image}} {{.Status}}'
  [[ $output == 'one busybox Exited (0) '*' ago' ]]
  run -0 husk-ps -a --format json
  [[ $output == *'"Names":"one"'* ]]
  run -0 husk-rm one
  run -1 husk-rm one
  [[ $output == *"no such container: 'one'"* ]]
}

@test "rm: a container that runs only with -f" {
  import_busybox
  husk-run --name one --network=none busybox sh -c 'echo ready; sleep 100' > out 3>&- &
  wait_for_line out ready
  run -0 husk-ps --format '{{.Names}} {{.State}}'
  [[ $output == 'one running' ]]
  run -1 husk-rm one
  [[ $output == *"is running"* ]]
  run -0 husk-rm -f one none
  [[ $output == *one* && $output == *"husk-rm: no such container: 'none'"* ]]
  exit_code_of $!
  [[ $code -eq 137 ]]
  run -0 husk-ps -aq
  [[ -z $output ]]
}

# bats test_tags=subids
@test "run: files of subordinate ids go with the container" {
  import_busybox
  box busybox sh -c 'mkdir -m 700 /d && touch /d/f && chown -R 1000 /d'
  run -0 husk-ps -aq
  [[ -z $output && -z $(ls "$HUSK_ROOT/trash") ]]
}

@test "run --rm: the mark that its overlay needs no writing to disk goes while it runs" {
  import_busybox
  husk-run --rm --network=none busybox sh -c 'echo ready; exec sleep 100' > out 3>&- &
  wait_for_line out ready
  timeout 10 sh -c 'while [ -n "$(find "$HUSK_ROOT"/containers/*/work -name incompat)" ]; do sleep 0.1; done'
  kill "$!"
  wait "$!" || true
}

@test "run: what is left of a container whose husk-run was killed can be looked at" {
  import_busybox
  husk-run --rm --name box --network=none busybox sh -c 'echo here > /file; echo ready; exec sleep 4713' > out 3>&- &
  wait_for_line out ready
  kill -KILL "$!"
  wait "$!" || true
  wait_for_no_process "sleep 4713"
  husk-cp box:/file file
  [[ $(< file) == here ]]
  echo more > more
  husk-cp more box:/more
  [[ $(husk-cp box:/more - | tar -xOf -) == more ]]
  husk-rm box
}
