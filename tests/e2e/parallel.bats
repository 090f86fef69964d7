#!/usr/bin/env bats
# Many processes at one store: nothing is lost, nothing is left over, and none waits for ever.
load helpers
load images

# Runs COMMAND 0, COMMAND 1 … COMMAND 7 at the same time; each may say why it failed.
eight() { # COMMAND...
  local i pids=() failed=0
  for i in {0..7}; do
    "$@" "$i" > "said-$i" 2>&1 3>&- &
    pids+=($!)
  done
  for i in {0..7}; do wait "${pids[i]}" || { failed=1 && echo "$1 $i: $(< "said-$i")" >&2; }; done
  return "$failed"
}

# The store has no unfinished work, and all in it is as its names say.
expect_whole() {
  husk-fsck --full >&2
  [[ -z $(ls -A "$HUSK_ROOT/tmp" "$HUSK_ROOT/leases" "$HUSK_ROOT/trash" "$HUSK_ROOT/quarantine" 2>/dev/null | grep -v ':$') ]]
}

pull_app() { husk-pull -q --tls-verify=false "$REGISTRY/me/app"; }

@test "8 processes pull the same image" {
  make_layout && start_registry
  skopeo_copy oci:layout:two "docker://$REGISTRY/me/app"
  eight pull_app
  expect_whole
  [[ $(sort -u said-* | wc -l) -eq 1 && $(husk-images -q | wc -l) -eq 1 ]]
}

import_tag() { husk-import tar "app:$1"; }
import_over() { husk-import -c "LABEL number=$1" tar app:same; }

@test "8 processes import images, under other names and the same" {
  busybox_tar > tar
  eight import_tag
  eight import_over
  expect_whole
  # Of those that lost the name, each is there without one.
  [[ $(husk-images --format '{{.ID}}' | wc -l) -eq 16 ]]
}

build_one() {
  mkdir "context-$1"
  printf 'FROM busybox\nRUN echo common > /common\nCOPY own /own\nRUN cat /own > /copy\n' > "context-$1/Dockerfile"
  echo "$1" > "context-$1/own"
  husk-build -q --network=none -t "built:$1" "context-$1" && [[ $(husk-run --rm --network=none "built:$1" cat /copy) == "$1" ]]
}

@test "8 processes build images that have steps in common" {
  import_busybox
  eight build_one
  expect_whole
  [[ $(husk-images -q built | wc -l) -eq 8 ]]
}

# Everything at once, each with names of its own and layers that it shares with the others.
live() {
  local round
  for round in 1 2 3; do
    husk-pull -q --tls-verify=false "$REGISTRY/me/app:$1"
    printf 'FROM %s\nRUN echo %s > /round\n' "$REGISTRY/me/app:$1" "$round" > "Dockerfile-$1"
    husk-build -q --network=none -t "mine-$1" -f "Dockerfile-$1" empty
    husk-run --rm --network=none "mine-$1" cat /round
    husk-run --name "box-$1" --network=none "mine-$1" true
    husk-rm "box-$1"
    husk-rmi "mine-$1" "$REGISTRY/me/app:$1"
  done
}

@test "8 processes pull, build, run and remove" {
  make_layout && start_registry
  mkdir empty
  local i
  for i in {0..7}; do skopeo_copy oci:layout:two "docker://$REGISTRY/me/app:$i"; done
  eight live
  expect_whole
  [[ -z $(husk-images -q) && -z $(husk-ps -aq) ]]
}

remove_app() {
  husk-rmi app || [[ $(< "said-$1") == *"no such image"* ]]
}
check() { husk-fsck -q; }

@test "8 processes remove the same image; 8 check the store" {
  import_busybox
  busybox_tar | husk-import app > /dev/null
  eight remove_app
  eight check
  expect_whole
  [[ $(husk-images --format '{{.Repository}}') == busybox ]]
}
