#!/usr/bin/env bats
# Kills programs at the k-th system call that changes the store, and lets that call fail, for k = 1, 2, 3 … until one run
# gets through. After each: the store is sound and the same command completes. Needs a build with -Dfaults=true.
load helpers

setup() {
  [[ ${FAULTS:-} == true ]] || skip "this build can't make system calls fail (-Dfaults=true)"
  export HUSK_ROOT=$BATS_TEST_TMPDIR/store
  cd "$BATS_TEST_TMPDIR" || return
  busybox_tar > a.tar
}

expect_sound() { # WHAT
  husk-fsck -q >&2 || { echo "not sound after $1" >&2 && return 1; }
}

# sweep ACTION PREPARE COMMAND: calls PREPARE on an empty store, then COMMAND with a fault at its k-th call.
sweep() {
  local action=$1 prepare=$2 command=$3 k status
  for ((k = 1; k < 400; k++)); do
    remove_store
    "$prepare"
    status=0
    HUSK_FAULT=$action:$k "$command" > out 2> err || status=$?
    expect_sound "$action:$k"
    [[ $status -ne 0 ]] || break
    if [[ $action == kill ]]; then
      [[ $status -eq 137 || $(< err) == *"ended"* || $(< err) == *"killed"* ]]
    else
      [[ $status -eq 1 && $(< err) == *"No space left on device"* ]]
    fi || { echo "$action:$k: status $status: $(< err)" >&2 && return 1; }
    "$command" >&2 || { echo "the same command failed after $action:$k" >&2 && return 1; }
    expect_sound "the same command after $action:$k"
  done
  echo "$((k - 1)) places" >&2
  [[ $k -gt 3 && $k -lt 400 ]]
}

nothing() { :; }
an_image() { husk-import a.tar app >/dev/null; }
two_images() { an_image && husk-import -c 'LABEL a=b' a.tar app >/dev/null; }
import_app() { husk-import a.tar app; }
import_other() { husk-import -c 'LABEL a=b' a.tar app; }
remove_app() {
  husk-rmi -f app || [[ -z $(husk-images -q app) && $? -eq 1 ]]
}

@test "faults: import into an empty store, killed" { sweep kill nothing import_app; }
@test "faults: import into an empty store, disk full" { sweep ENOSPC nothing import_app; }
@test "faults: import over another image, killed" { sweep kill an_image import_other; }
@test "faults: import over another image, disk full" { sweep ENOSPC an_image import_other; }

@test "faults: rmi, killed" {
  for ((k = 1; k < 100; k++)); do
    remove_store
    two_images
    status=0
    HUSK_FAULT=kill:$k husk-rmi app > out 2> err || status=$?
    expect_sound "kill:$k"
    [[ $status -ne 0 ]] || break
    [[ $status -eq 137 ]]
    husk-rmi app >&2 || [[ -z $(husk-images -q app) ]]
    expect_sound "rmi after kill:$k"
    # The other image is there, whole.
    [[ $(husk-images -q | wc -l) == 1 ]]
  done
  [[ $k -gt 3 && $k -lt 100 ]]
}

@test "faults: killed at every named place of import and rmi" {
  for place in store.made lease.taken lease.tmp_made layer.unpacking layer.unpacked layer.before_rename layer.renamed \
    blob.opened blob.before_link blob.linked blob.durable image.config_written image.manifest_written \
    tag.untagged_kept tag.before_rename tag.set tag.untagged_dropped; do
    remove_store
    [[ $place != tag.untagged_kept ]] || an_image
    [[ $place != tag.untagged_dropped ]] || two_images
    status=0
    HUSK_FAULT=kill:$place husk-import -c 'LABEL c=d' a.tar app > out 2> err || status=$?
    [[ $status -ne 0 ]] || { echo "$place is not reached" >&2 && return 1; }
    expect_sound "$place"
    husk-import -c 'LABEL c=d' a.tar app >&2
    expect_sound "import after $place"
  done
  for place in untag.before_unlink untag.unlinked gc.leases_removed gc.layer_in_trash gc.blob_removed; do
    remove_store
    an_image
    status=0
    HUSK_FAULT=kill:$place husk-rmi app > out 2> err || status=$?
    [[ $status -eq 137 ]] || { echo "$place is not reached" >&2 && return 1; }
    expect_sound "$place"
    import_app >&2
    expect_sound "import after $place"
  done
}
