#!/usr/bin/env bats
# husk-pull, killed and failing at every place.
load helpers
load images
load faults

pull() { husk-pull -q --tls-verify=false "$REGISTRY/me/app"; }
pull_layout() { husk-pull -q oci:layout:two local/two; }

@test "pull, killed at each of its named places" {
  make_layout && start_registry
  skopeo_copy oci:layout:two "docker://$REGISTRY/me/app"
  sweep_places nothing pull store.made lease.taken lease.tmp_made pull.manifest_read pull.config_read blob.opened \
    layer.unpacking pull.blob_started pull.blob_growing pull.blob_received blob.before_link blob.linked blob.durable \
    pull.blob_committed layer.unpacked layer.before_rename layer.renamed layer.blob_remembered pull.layer_committed \
    pull.layers_there pull.config_written pull.manifest_written tag.before_rename tag.set pull.tag_set
}

@test "pull, killed again and again at the same store" {
  make_layout && start_registry
  skopeo_copy oci:layout:two "docker://$REGISTRY/me/app"
  local place
  for place in lease.taken pull.blob_started pull.blob_growing blob.linked pull.blob_committed pull.layers_there \
    tag.before_rename; do
    killed_at "$place" pull
  done
  pull
}

@test "pull, killed at every call" { make_layout && sweep kill nothing pull_layout; }
@test "pull, disk full at every call" { make_layout && sweep ENOSPC nothing pull_layout; }
@test "pull, disk failing at every call" { make_layout && sweep EIO nothing pull_layout; }
