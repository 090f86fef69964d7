#!/usr/bin/env bats
load helpers

# Most tests here leave a store that is not sound; it is the point of them.
teardown() { remove_store; }

config_of() { echo "$HUSK_ROOT/blobs/sha256/$(husk-images -q --no-trunc "$1" | cut -d: -f2)"; }
damage() { chmod u+w "$1" && printf x >> "$1"; }

@test "fsck: a sound store" {
  import_busybox
  run -0 husk-fsck --full
  [[ $output == "husk-fsck: the store is sound" ]]
  run -0 husk-fsck -q
  [[ -z $output ]]
}

@test "fsck: a missing configuration is found; repair puts the tag aside" {
  import_busybox
  rm -f "$(config_of busybox)"
  run -1 --separate-stderr husk-fsck --format '{{.Problem}} {{.Object}}'
  [[ $output == "missing-blob busybox" ]]
  run -0 husk-fsck --repair
  run -0 husk-fsck
  [[ -n $(ls "$HUSK_ROOT/quarantine") ]]
}

@test "fsck: --full finds a blob with another content" {
  import_busybox
  damage "$(config_of busybox)"
  run -1 --separate-stderr husk-fsck --full --format '{{.Problem}}'
  [[ ${lines[0]} == damaged-blob ]]
  husk-fsck --full --repair
  run -0 husk-fsck --full
}

@test "fsck: --full finds a tree that is not its layer" {
  import_busybox --userns=single
  echo evil >> "$HUSK_ROOT"/layers/s/*/tree/etc/passwd
  run -0 husk-fsck
  run -1 --separate-stderr husk-fsck --full --format '{{.Problem}}'
  [[ $output == damaged-layer ]]
}

@test "fsck: a damaged tag hides no other image and is put aside" {
  import_busybox
  busybox_tar | husk-import other
  echo '{' > "$HUSK_ROOT/refs/docker.io/library/other/:latest"
  run -0 --separate-stderr husk-images -q
  [[ ${#lines[@]} == 1 ]]
  run -1 --separate-stderr husk-fsck --format '{{.Problem}}'
  [[ $output == damaged-tag ]]
  husk-fsck --repair
  run -0 husk-fsck
}

@test "fsck: a layer without tree and blob is a finding" {
  import_busybox --userns=single
  rm -rf "$HUSK_ROOT"/layers/s/*
  run -1 --separate-stderr husk-fsck --format '{{.Problem}} {{.Object}}'
  [[ $output == "missing-layer busybox" ]]
}

@test "fsck: what a killed process left is no finding" {
  import_busybox
  mkdir -p "$HUSK_ROOT/tmp/deadbeef/x" && touch "$HUSK_ROOT/leases/deadbeef"
  run -0 husk-fsck
  [[ $output == *"removed what 1 killed processes left behind"* ]]
  [[ -z $(ls "$HUSK_ROOT/tmp" "$HUSK_ROOT/leases" | grep dead) ]]
}

@test "fsck: a file in the wrong place is a finding" {
  import_busybox
  touch "$HUSK_ROOT/blobs/sha256/readme"
  run -1 --separate-stderr husk-fsck --format json
  [[ $output == *'"Problem":"stray-file"'*'"Object":"blobs/sha256/readme"'* ]]
}
