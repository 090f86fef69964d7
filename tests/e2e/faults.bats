#!/usr/bin/env bats
# husk-import and husk-rmi, with the collection of garbage that it does, killed and failing at every place.
load helpers
load faults

make_tar() { [[ -f a.tar ]] || small_tar > a.tar; }
an_image() { make_tar && husk-import a.tar app >/dev/null; }
two_images() { an_image && husk-import -c 'LABEL a=b' a.tar app >/dev/null; }
import_app() { make_tar && husk-import a.tar app; }
import_other() { husk-import -c 'LABEL c=d' a.tar app; }

@test "import into an empty store, killed" { sweep kill nothing import_app; }
@test "import into an empty store, disk full" { sweep ENOSPC nothing import_app; }
@test "import over another image, killed" { sweep kill an_image import_other; }
@test "import over another image, disk failing" { sweep EIO an_image import_other; }

@test "rmi, killed" {
  for ((k = 1; k < 100; k++)); do
    reset_store two_images
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

@test "import, killed at each of its named places" {
  sweep_places nothing import_app store.made lease.taken lease.tmp_made layer.unpacking layer.unpacked layer.before_rename \
    layer.renamed blob.opened blob.before_link blob.linked blob.durable image.config_written image.manifest_written \
    tag.before_rename tag.set
  sweep_places an_image import_other tag.untagged_kept
  sweep_places two_images import_other tag.untagged_dropped
}

@test "rmi, killed at each of its named places" {
  for place in untag.before_unlink untag.unlinked gc.leases_removed gc.layer_in_trash gc.blob_removed; do
    reset_store an_image
    killed_at "$place" husk-rmi app
    import_app >&2
    expect_sound "import after kill:$place"
  done
}

# A layer from before the last boot that may not have got to the disk is replaced.
@test "import over a layer in doubt, killed" {
  doubtful_image() {
    an_image
    local layer
    for layer in "$HUSK_ROOT"/layers/?/*; do
      echo another > "$layer/boot"
      sed -i 's/"packedHere":true/"packedHere":false/' "$layer/layer.json"
    done
  }
  sweep_places doubtful_image import_app layer.before_rename layer.renamed
}

@test "run and rm, killed" {
  an_image
  killed_at container.unborn husk-run --rm --network=none app true
  [[ -z $(husk-ps -aq) && -n $(ls "$HUSK_ROOT/containers") ]]
  husk-fsck --repair
  [[ -z $(ls "$HUSK_ROOT/containers" "$HUSK_ROOT/trash" | grep -v ':$') ]]
  killed_at container.made husk-run --rm --network=none app true
  killed_at container.in_trash husk-run --rm --network=none app true
  husk-run --rm --network=none app true
  husk-run --name box --network=none app true
  killed_at container.in_trash husk-rm box
  husk-run --name box --rm --network=none app true
  # The first was killed before --rm could be kept.
  [[ $(husk-ps -aq | wc -l) -eq 1 ]]
  husk-rm "$(husk-ps -aq)"
  [[ -z $(husk-ps -aq) ]]
}

@test "rename, killed: neither name is lost, and none is left to nobody" {
  an_image
  husk-create --name first --network=none app true > /dev/null
  killed_at container.renamed husk-rename first second
  [[ $(husk-ps -a --format '{{.Names}}') == second ]]
  husk-rm second
  husk-create --name first --network=none app true > /dev/null
  husk-rm first
}

# Whatever is cut short: no volume is half made, one that was being filled is filled by who comes next, and none is in between.
@test "volumes, killed at each of their named places" {
  mkdir -p small/data
  echo hello > small/data/file
  an_image
  local place
  for place in volume.made volume.renamed volume.filling volume.filled; do
    ASAN_OPTIONS='' HUSK_FAULT=kill:$place husk-run --rm --network=none -v store:/data app cat /data/file > out 2> err || true
    expect_sound "kill:$place"
    [[ $(husk-run --rm --network=none -v store:/data app cat /data/file) == hello ]]
    expect_sound "run after kill:$place"
    husk-volume rm store
  done
  husk-volume create store
  killed_at volume.in_trash husk-volume rm store
  [[ -z $(husk-volume ls -q) ]]
  husk-volume create store
  [[ $(husk-volume ls -q) == store ]]
}
