#!/usr/bin/env bats
# husk-push, killed and failing at every place: the same command completes, and what is at the registry is whole.
load helpers
load images
load faults

import_one() { husk-import one < layers/one.tar > /dev/null; }
# The registry forgets what it has: each push begins from nothing.
import_and_clear() { import_one && rm -rf "$REGISTRY_DATA/data"; }
push() { husk-push -q --tls-verify=false one "$REGISTRY/me/one"; }

@test "push, killed at each of its named places" {
  make_layout && start_registry
  sweep_places import_and_clear push lease.taken lease.tmp_made push.manifest_asked push.stream_started blob.opened \
    push.stream_growing push.packed blob.before_link blob.linked blob.durable layer.blob_remembered push.blob_remembered \
    push.layer_done push.layers_sent push.blob_asked push.blob_started push.blob_growing push.config_sent \
    push.manifest_written push.manifest_sent tag.before_rename tag.set push.tags_set
  skopeo_copy "docker://$REGISTRY/me/one" oci:back:one
  oci-image-tool validate --type image --ref name=one back
}

@test "push, killed at every call" {
  make_layout && start_registry
  sweep kill import_and_clear push
}

@test "push, disk full at every call" {
  make_layout && start_registry
  sweep ENOSPC import_and_clear push
}
