#!/usr/bin/env bats
# What there is, and what the machine can do.
load helpers

teardown() {
  end_containers
  clean_up
}

@test "info: what there is, as text, JSON and by a template" {
  import_busybox
  husk-run -d --network=none --name a busybox sleep 60 > /dev/null
  husk-run -d --network=none --name b busybox sleep 60 > /dev/null
  husk-create --network=none busybox true > /dev/null
  husk-pause b > /dev/null
  run -0 husk-info
  [[ $output == *"containers            3: 1 running, 1 paused, 1 not running"*"images                1"* ]]
  [[ $output == *"store                 $HUSK_ROOT"*"user namespaces       yes"* ]]
  husk-unpause b > /dev/null
  [[ $(husk-info -f '{{.Containers}} {{.ContainersRunning}} {{.DockerRootDir}}') == "3 2 $HUSK_ROOT" ]]
  [[ $(husk-info --format json | python3 -c 'import json, sys; print(json.load(sys.stdin)["Images"])') == 1 ]]
  run -2 husk-info -f '{{'
  run -1 husk-info -f '{{.Nope}}'
}

@test "doctor: what is missing, and what mends it" {
  run -0 husk-doctor
  [[ ${lines[0]} == "user namespaces       yes" && $output == *"overlay file system   yes: the store is on "* ]]
  if has_subordinate_ids; then
    [[ ${lines[1]} == "subordinate ids       yes" ]]
  else
    [[ ${lines[1]} == "subordinate ids       limited: no subordinate ids: "* && ${lines[2]} == *"-> as root: usermod --add-subuids"* ]]
  fi
  mkdir programs
  ln -s "$(command -v newuidmap)" "$(command -v newgidmap)" programs
  PATH=$PWD/programs run -0 "$TOOLS_DIR/husk-doctor"
  [[ $output == *"private network       limited: "*"no such program in PATH; --network=host and none work"* ]]
  [[ $output == *"-> sudo apt-get install passt"* ]]
  run -1 deny-syscall fsopen EPERM husk-doctor
  [[ $output == *"overlay file system   no: "* ]]
  run -1 bash -c 'husk-doctor > /dev/full'
  # Nothing is left of what was tried.
  [[ -z $(ls "$HUSK_ROOT/tmp" "$HUSK_ROOT/leases") || $(ls "$HUSK_ROOT/tmp") == "" ]]
}
