#!/usr/bin/env bats
# shellcheck disable=SC2016  # scripts are for the shell in the container
# What else people ask of husk-run and husk-create.
load helpers

box() { husk-run --rm --network=none "$@"; }

@test "options: those that few use are known to help, to completion, and to nobody else" {
  import_busybox
  run -0 husk-run --help
  [[ $output == *--cap-add* && $output == *--rm* && $output == *--show-profile* ]]
  HUSK_COMPLETE=1 run -0 husk-create --cap
  [[ $output == $'--cap-add\n--cap-drop' ]]
  run -125 box --cap-addd=X busybox true
  [[ $output == *--cap-addd* ]]
  run -127 box busybox --cap-add X
  [[ $output == *"execute '--cap-add': No such file or directory"* ]]
  run -0 box busybox echo --cap-add --nothing --help
  [[ $output == '--cap-add --nothing --help' ]]
}

@test "options: environment and labels from files" {
  busybox_tar | husk-import --change 'ENV A=image' --change 'LABEL image=1 both=image' busybox > /dev/null
  printf '\xef\xbb\xbfA=file\n# no\n\n  B=a "b" \nC\nNONE\nD=file\r\n' > env.list
  C=mine run -0 box --env-file env.list -e D=user busybox env
  [[ $output == *A=file* && $output == *$'B=a "b" \n'* && $output == *C=mine* && $output == *D=user* && $output != *NONE* ]]
  printf 'fine=1\n=2\n' > bad
  run -125 box --env-file bad busybox true
  [[ $output == *"--env-file: 'bad': line 2: no variable name on line '=2'"* ]]
  run -125 box --env-file nowhere busybox true
  [[ $output == *"--env-file: open 'nowhere': No such file or directory"* ]]
  printf 'both=file\nalone\n' > labels
  husk-create --name box --label-file labels -l mine=x=y busybox true > /dev/null
  [[ $(husk-ps -a --format '{{.Labels}}') == alone=,both=file,image=1,mine=x=y ]]
  run -125 box -l 'a b=c' busybox true
  [[ $output == *"--label: label 'a b' contains whitespaces"* ]]
  husk-rm box
  husk-run -d --name box --network=none busybox sleep 100 > /dev/null
  C=mine run -0 husk-exec --env-file env.list -e D=user box env
  [[ $output == *A=file* && $output == *C=mine* && $output == *D=user* ]]
  end_containers
}

@test "options: --cidfile names the container, and must not be there" {
  import_busybox
  husk-run --cidfile id --network=none busybox true
  [[ $(< id) == "$(husk-ps -aq --no-trunc)" ]]
  run -125 husk-create --cidfile id busybox true
  [[ $output == *"'id', is there already"* && $(husk-ps -aq | wc -l) -eq 1 ]]
  run -125 husk-create --cidfile other --pull=never nothing true
  [[ ! -e other ]]
  run -125 husk-create --cidfile no/where busybox true
  run -125 husk-create --cidfile /dev/full busybox true
  [[ $(husk-ps -aq | wc -l) -eq 1 ]]
}

@test "options: --pull=newer takes what is here when there is no registry" {
  busybox_tar | husk-import "127.0.0.1:1/busybox" > /dev/null
  run -0 box --pull=newer 127.0.0.1:1/busybox echo ran
  [[ $output == *"is taken as it is here"*ran ]]
  run -125 box --pull=newer 127.0.0.1:1/nothing true
  run -125 box --pull=always 127.0.0.1:1/busybox true
}

@test "options: capabilities, added and dropped" {
  import_busybox
  caps() { box "$@" busybox sed -n 's/^Cap\(Bnd\|Eff\):\t//p' /proc/self/status; }
  run -0 caps
  [[ $output == $'00000000800405fb\n00000000800405fb' ]]
  run -0 caps --cap-drop ALL
  [[ $output == $'0000000000000000\n0000000000000000' ]]
  run -0 caps --cap-drop all --cap-add net_raw
  [[ $output == $'0000000000002000\n0000000000002000' ]]
  run -0 caps --cap-add CAP_SYS_ADMIN
  [[ $output == $'00000000802405fb\n00000000802405fb' ]]
  run -125 box --cap-add nothing busybox true
  [[ $output == *"unknown capability: 'CAP_NOTHING'"* ]]
  # Only the calls that belong to a capability come with it.
  run -0 box --cap-add SYS_ADMIN busybox sh -c 'mount -t tmpfs none /tmp && touch /tmp/x && echo mounted'
  [[ $output == mounted ]]
  run ! box busybox mount -t tmpfs none /tmp
  run ! box --cap-add SYS_PTRACE busybox unshare -U true
  # Commands that are added have the same.
  husk-run -d --name box --network=none --cap-add NET_RAW busybox sleep 100 > /dev/null
  [[ $(husk-exec box sed -n 's/^CapEff:\t//p' /proc/self/status) == 00000000800425fb ]]
  end_containers
}

@test "options: security options" {
  import_busybox
  status() { box "$@" busybox sed -n 's/^\(NoNewPrivs\|Seccomp\):\t//p' /proc/self/status | tr '\n' ' '; }
  [[ $(status --security-opt no-new-privileges) == '1 2 ' && $(status --security-opt seccomp=unconfined) == ?' 0 ' ]]
  # Who may be somebody else may also get there by set-user-ID bits.
  if has_subordinate_ids; then [[ $(status) == '0 2 ' ]]; else [[ $(status) == '1 2 ' ]]; fi
  run -0 box busybox sh -c 'wc -c < /proc/timer_list; touch /proc/sys/net/x 2>&1; grep -c " /proc/sys " /proc/self/mountinfo'
  [[ ${lines[0]} == 0 && ${lines[-1]} == 1 ]]
  run -0 box --security-opt systempaths=unconfined busybox grep -cE ' /(proc|sys)/[a-z]' /proc/self/mountinfo
  [[ $output -le 1 ]]
  run -0 box --security-opt unmask=/proc/sys busybox sh -c 'grep -c " /proc/sys " /proc/self/mountinfo; grep -c " /proc/timer_list " /proc/self/mountinfo'
  [[ $output == $'0\n1' ]]
  run -0 box --security-opt mask=/etc/passwd:/home:/nothing busybox sh -c 'wc -c < /etc/passwd; ls -A /home; echo end'
  [[ $output == $'0\nend' ]]
  # A profile of one's own: docker's format, for exec too.
  cat > profile.json <<'EOF'
{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
  {"names": ["mkdir", "mkdirat", "no_such_call"], "action": "SCMP_ACT_ERRNO", "errnoRet": 28},
  {"names": ["symlink", "symlinkat"], "action": "SCMP_ACT_ERRNO", "includes": {"caps": ["CAP_NET_RAW"]}}]}
EOF
  run -0 box --security-opt seccomp=profile.json busybox sh -c 'mkdir /x 2>&1; ln -s a /b && echo linked'
  [[ $output == *"No space left on device"*linked ]]
  run -0 box --security-opt seccomp=profile.json --cap-add NET_RAW busybox sh -c 'ln -s a /b 2>&1 || echo refused'
  [[ $output == *"Operation not permitted"*refused ]]
  husk-run -d --name box --network=none --security-opt seccomp=profile.json busybox sleep 100 > /dev/null
  rm profile.json
  run ! husk-exec box mkdir /x
  [[ $output == *"No space left on device"* ]]
  end_containers
  echo '{"defaultAction": "SCMP_ACT_NOTIFY"}' > bad.json
  run -125 box --security-opt seccomp=bad.json busybox true
  [[ $output == *"'SCMP_ACT_NOTIFY' is not known"* ]]
  local bad
  for bad in seccomp=file.json nothing mask=etc systempaths=x; do run -125 box --security-opt "$bad" busybox true; done
}

@test "options: privileged is all that a user namespace can have" {
  import_busybox
  run -0 box --privileged busybox sh -c 'mount -t tmpfs none /tmp; sed -n "s/^Seccomp:\t//p" /proc/self/status; ls /root > /dev/null; cat /proc/self/uid_map'
  [[ ${lines[0]} == 0 && $(wc -l <<< "$output") -ge 2 ]]
  # On the host it is who called.
  echo secret > mine && chmod 600 mine
  run -0 box --privileged -v .:/w busybox stat -c %u /w/mine
  [[ $output == 0 ]]
  run ! box --privileged busybox sh -c 'echo x > /proc/sysrq-trigger'
}

@test "options: --show-profile tells what would be applied, and starts nothing" {
  run -0 husk-run --show-profile --cap-drop ALL --ulimit nofile=5 --network=none nowhere true
  [[ $(jq -c '[.capabilities, .limits, .seccomp, .network]' <<< "$output") == '[[],["nofile=5"],"builtin","none"]' ]]
  [[ $(jq -r '.hiddenPaths[]' <<< "$output") == */proc/kcore* ]]
  run -0 husk-ps -aq
  [[ -z $output ]]
}

@test "options: devices, by path, of a directory, and of the Container Device Interface" {
  import_busybox
  run -0 box --device /dev/fuse busybox sh -c '[ -c /dev/fuse ] && : < /dev/fuse && echo open'
  [[ $output == open ]]
  run -0 box --device /dev/fuse:/dev/other:rw busybox sh -c 'test ! -e /dev/fuse && test -c /dev/other'
  run -0 box --device /dev/net:/dev/n busybox sh -c '[ -c /dev/n/tun ] && : < /dev/n/tun'
  run -125 box --device /dev/no-such busybox true
  [[ $output == *"/dev/no-such"*"No such file or directory"* ]]
  run -125 box --device /etc/passwd busybox true
  [[ $output == *"'/etc/passwd' is no device"* ]]
  mkdir empty
  run -125 box --device ./empty:/dev/x busybox true
  [[ $output == *"there is no device in"* ]]
  run -125 box --device /dev/fuse:r busybox true
  [[ $output == *"can't be limited to 'r'"*"hint: "* ]]
  run -125 box --device fuse busybox true
  [[ $output == *"fuse is not an absolute path"* ]]
  export XDG_CONFIG_HOME=$PWD/config
  mkdir -p config/cdi lib
  echo library > lib/file
  cat > config/cdi/vendor.yaml << EOD
cdiVersion: "0.6.0"
kind: vendor.com/gpu
devices:
- name: "0"
  containerEdits:
    deviceNodes: [{path: /dev/vendor0, hostPath: /dev/fuse}]
    mounts: [{hostPath: $PWD/lib, containerPath: /usr/lib/vendor, options: [ro, bind]}]
    env: [FOO=injected]
EOD
  run -0 box -e FOO=mine --device vendor.com/gpu=0 busybox \
    sh -c '[ -c /dev/vendor0 ] && cat /usr/lib/vendor/file && echo "$FOO" && ! touch /usr/lib/vendor/x 2>/dev/null'
  [[ $output == $'library\ninjected' ]]
  run -125 box --device vendor.com/gpu=9 busybox true
  [[ $output == *"no device 'vendor.com/gpu=9'"*"hint: "* ]]
  # What is there at the start counts, not what was when the container was made.
  husk-create --name box --network=none --device vendor.com/gpu=0 busybox sh -c 'echo $FOO' > /dev/null
  sed -i s/injected/later/ config/cdi/vendor.yaml
  [[ $(husk-start -a box) == later ]]
  rm config/cdi/vendor.yaml
  run -125 husk-start -a box
  [[ $output == *"no device 'vendor.com/gpu=0'"* ]]
  husk-rm box
}

@test "options: limits, memory for /dev/shm, OOM score" {
  import_busybox
  run -0 box --ulimit nofile=64:128 --ulimit core=0 busybox sh -c 'ulimit -Sn; ulimit -Hn'
  [[ $output == $'64\n128' ]]
  run -125 box --ulimit files=1 busybox true
  run -0 box --shm-size 1m busybox df -k /dev/shm
  [[ $output == *' 1024 '* ]]
  run -0 box --oom-score-adj 500 busybox cat /proc/self/oom_score_adj
  [[ $output == 500 ]]
  run -125 box --oom-score-adj -1000 busybox true
  [[ $output == *"set the OOM score adjustment '-1000': Permission denied"*"hint: "* ]]
  run -125 box --oom-score-adj 2000 busybox true
  husk-run -d --name box --network=none --ulimit nofile=64:128 busybox sleep 100 > /dev/null
  [[ $(husk-exec box sh -c 'ulimit -Hn') == 128 ]]
  end_containers
}

@test "options: resources without a cgroup are an error, or limits of each process" {
  import_busybox
  local option
  for option in --memory=64m -m64m --cpus=1.5 --cpu-shares=512 --cpuset-cpus=0 --pids-limit=100; do
    run -125 box "$option" busybox true
    [[ $output =~ 'is not delegated to you'|'has no controller'|'no cgroups of version 2' ]]
    [[ $output == *"hint: systemd-run --user --scope -p Delegate=yes COMMAND"*"--limits=best-effort"* || $output == *'of version 2' ]]
  done
  [[ -z $(husk-ps -aq) ]]
  run -125 box --cgroup-parent /no/such/group busybox true
  run -125 box --memory 1m busybox true
  [[ $output == *"--memory '1m': it is less than 6 MiB"* ]]
  run -125 box --memory-swap 1g busybox true
  [[ $output == *"needs --memory"* ]]
  local facts='ulimit -v; grep -E "^Max processes" /proc/self/limits; grep Cpus_allowed_list /proc/self/status'
  run -0 --separate-stderr box --limits=best-effort --memory 64m --cpus 0.5 --pids-limit 123 --cpu-shares 512 busybox sh -c "$facts"
  [[ $output =~ ^65536$'\n''Max processes'\ +123\ +123.*Cpus_allowed_list:$'\t'[0-9]+$ ]]
  [[ $stderr == "husk-run: no cgroup: --memory as the address space of each process, --pids-limit as the processes of each user, "* ]]
  [[ $stderr == *"--cpus as 1 processor; not applied: --cpu-shares" ]]
  # Kept with the container, for its next start and for commands that are added.
  husk-create --name kept --network=none --limits=best-effort -m 64m --cpus 1 busybox sleep 100 > /dev/null 2>&1
  husk-start kept > /dev/null
  run -0 husk-exec kept sh -c "$facts"
  [[ $output == 65536* && $output =~ Cpus_allowed_list:$'\t'[0-9]+$ ]]
  run -125 box --limits=best-effort --cpuset-cpus 8000 busybox true
  [[ $output == *"choose processors: those that are asked for are not there"* ]]
  end_containers
}

@test "options: groups" {
  import_busybox
  if has_subordinate_ids; then
    run -0 box --group-add wheel --group-add 55 busybox id -G
    [[ $output == '0 10 55' ]]
    run -125 box --group-add nobody-here busybox true
    [[ $output == *"no group 'nobody-here'"* ]]
  else
    run -125 box --group-add wheel busybox true
    [[ $output == *"groups can't be added"*"hint: "* ]]
  fi
  run -0 box --group-add keep-groups busybox sed -n 's/^Groups:\t//p' /proc/self/status
  [[ $(wc -w <<< "$output") -eq $(id -G | wc -w) || $(wc -w <<< "$output") -eq $(($(id -G | wc -w) - 1)) ]]
  run -125 box --group-add keep-groups --group-add wheel busybox true
}

@test "options: settings of the container's own namespaces" {
  import_busybox
  run -0 box --sysctl net.ipv4.ip_default_ttl=77 busybox cat /proc/sys/net/ipv4/ip_default_ttl
  [[ $output == 77 ]]
  run -125 box --sysctl kernel.panic=1 busybox true
  [[ $output == *"not of a namespace that the container has of its own"* ]]
  run -125 box --sysctl net.nothing=1 busybox true
  [[ $output == *"set 'net/nothing': No such file or directory"* ]]
  run -125 husk-run --rm --network=host --sysctl net.ipv4.ip_default_ttl=77 busybox true
}

@test "options: --init passes signals on, waits for orphans and ends as the command does" {
  import_busybox
  run -0 box --init busybox sh -c 'echo $$; (sleep 0.1 &); sleep 0.5; cat /proc/[0-9]*/status | grep -c "^State:.Z"; true'
  [[ ${lines[0]} != 1 && ${lines[1]} == 0 ]]
  run -7 box --init busybox sh -c 'exit 7'
  run -137 box --init busybox sh -c 'kill -9 $$'
  run -127 box --init busybox nothing
  [[ $output == *"execute 'nothing': No such file or directory"* ]]
  # Writing to nobody ends it, as it ends any process.
  run -0 bash -c 'husk-run --rm --init --network=none busybox yes 2>/dev/null | head -n 1; echo "${PIPESTATUS[0]}"'
  [[ $output == $'y\n141' ]]
  husk-run --rm --init --network=none busybox sh -c 'trap "echo got it; exit 9" TERM; echo ready; while :; do sleep 0.1; done' > out 3>&- &
  wait_for_line out ready
  kill -TERM $!
  exit_code_of $!
  [[ $code -eq 9 ]]
  grep -q 'got it' out
  husk-run --rm --init --network=none busybox sh -c 'echo ready; exec sleep 4712' > out2 3>&- &
  wait_for_line out2 ready
  kill -TERM $!
  exit_code_of $!
  [[ $code -eq 143 ]]
  # It has nothing of ours, and commands can be added beside it.
  run -0 box --init --privileged busybox sh -c 'tr "\\0" " " < /proc/1/cmdline; wc -c < /proc/1/environ; ls /proc/1/fd | wc -l'
  [[ ${lines[0]} == 'husk-init 2 0' && ${lines[1]} == 0 ]]
  run ! box --init --privileged busybox sh -c 'echo x > /proc/1/exe'
  ! has_subordinate_ids || run -0 box --init -u app busybox id -u
  run -0 script -qec 'husk-run --rm --network=none --init -it busybox sh -c "tty; kill -0 1 && echo alive"' /dev/null < /dev/null
  [[ $output == *alive* ]]
  husk-run -d --init --name box --network=none busybox sleep 4713 > /dev/null
  [[ $(husk-exec box cat /proc/1/comm) == husk-init ]]
  husk-cp box:/etc/passwd copied
  husk-stop -t 5 box
  [[ $(husk-wait box) == 143 ]]
}

@test "options: --stop-timeout is how long husk-stop waits" {
  import_busybox
  husk-run -d --name box --network=none --stop-timeout 1 busybox sh -c 'trap "" TERM; echo ready; while :; do sleep 1; done' > /dev/null
  for _ in {1..50}; do husk-logs box | grep -q ready && break; sleep 0.1; done
  local start=$SECONDS
  husk-stop box
  [[ $((SECONDS - start)) -lt 8 && $(husk-wait box) == 137 ]]
}

@test "options: names and addresses" {
  import_busybox
  run -0 box --dns 9.9.9.9 --dns ::1 --dns-search example.org --dns-option ndots:3 busybox cat /etc/resolv.conf
  [[ $output == $'nameserver 9.9.9.9\nnameserver ::1\nsearch example.org\noptions ndots:3' ]]
  run -0 box --dns-search . --dns 9.9.9.9 busybox cat /etc/resolv.conf
  [[ $output == 'nameserver 9.9.9.9' ]]
  run -0 box --add-host db:10.0.0.7 --add-host 'six:[::7]' busybox cat /etc/hosts
  [[ $output == *$'10.0.0.7\tdb'* && $output == *$'::7\tsix'* ]]
  run -0 husk-run --rm --network=host --add-host me:host-gateway busybox grep -w me /etc/hosts
  [[ $output == $'127.0.0.1\tme' ]]
  local bad
  for bad in '--dns x' '--dns-search -x' '--dns-option a#b' '--add-host x' '--add-host x:y' '--add-host x:host-gateway'; do
    # shellcheck disable=SC2086  # two words
    run -125 box $bad busybox true
  done
}

@test "options: ports that are free, ranges, and what the image exposes" {
  command -v pasta > /dev/null && [[ -w /dev/net/tun ]] || skip_or_fail "no pasta, or /dev/net/tun is closed"
  busybox_tar | husk-import --change 'EXPOSE 80 53/udp' busybox > /dev/null
  husk-run -d --name box -p 127.0.0.1::80 -p 127.0.0.1::8000-8001 busybox \
    sh -c 'mkdir /www; echo inside > /www/file; httpd -p 8001 -h /www; exec httpd -f -p 80 -h /www' > /dev/null
  local ports port
  ports=$(husk-ps --format '{{.Ports}}')
  [[ $ports =~ ^127\.0\.0\.1:([0-9]+)-\>80/tcp,\ 127\.0\.0\.1:[0-9]+-\>8000/tcp,\ 127\.0\.0\.1:([0-9]+)-\>8001/tcp,\ 53/udp$ ]]
  for port in "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}"; do
    wait_for_http "http://127.0.0.1:$port/file"
    [[ $(curl -s "http://127.0.0.1:$port/file") == inside ]]
  done
  end_containers
  husk-create --name box -P --expose 7000 busybox true > /dev/null
  run -125 husk-run --rm --network=none -P busybox true
  run -125 husk-run --rm -p 80:80 -p 80:81 busybox true
  [[ $output == *"published twice"* ]]
  husk-rm box
}
