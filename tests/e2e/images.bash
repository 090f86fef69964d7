# shellcheck shell=bash
# Images that other programs made, and what others make of ours. Sourced by pull.bats and push.bats after helpers.bash.

HELPERS=$BATS_TEST_DIRNAME/../helpers

# An image layout "layout" with the tag "two": two layers with links, owners, xattrs, whiteouts.
make_layout() {
  mkdir -p layers
  "$HELPERS/make-layers" layers
  umoci init --layout layout
  umoci new --image layout:two
  umoci raw add-layer --image layout:two layers/one.tar
  umoci raw add-layer --image layout:two layers/two.tar
  umoci config --image layout:two --config.cmd /bin/true --config.workingdir /home/app --config.env COLOR=blue
}

# Runs a command as root of a user namespace with all ids of the caller; container ids are as in the store.
mapped() { unshare --map-auto --map-root-user --mount "$@"; }

# What umoci unpacks of an image in a layout, as text.
umoci_tree() { # LAYOUT:TAG
  mapped bash -c "umoci unpack --image '$1' bundle >/dev/null 2>&1 && '$HELPERS/list-tree' bundle/rootfs && rm -rf bundle"
}

# The same by a user who has one id: umoci notes the owners aside.
umoci_tree_of_one() { # LAYOUT:TAG
  unshare --map-root-user bash -c "umoci unpack --rootless --image '$1' bundle >/dev/null 2>&1 &&
    '$HELPERS/list-tree' bundle/rootfs && rm -rf bundle"
}

# What husk has of an image: its layers, mounted as a container has them; with all ids of the caller, or with one.
husk_tree() { mounted_layers m "$1" mapped; }
husk_tree_of_one() { mounted_layers s "$1" unshare --map-root-user --mount; }
mounted_layers() { # MAP IMAGE-ID COMMAND...
  local map=$1 id=$2 lower='' diff_id
  shift 2
  for diff_id in $(jq_diff_ids "$id"); do lower=$HUSK_ROOT/layers/$map/$diff_id/tree${lower:+:$lower}; done
  [[ $lower == *:* ]] || { mkdir -p empty && lower=$lower:$PWD/empty; }
  mkdir -p merged
  "$@" bash -c "mount -t overlay -o userxattr,lowerdir='$lower' overlay merged && '$HELPERS/list-tree' merged"
}
jq_diff_ids() {
  python3 -c 'import json, sys; print(*(d[7:] for d in json.load(open(sys.argv[1]))["rootfs"]["diff_ids"]))' \
    "$HUSK_ROOT/blobs/sha256/${1#sha256:}"
}

# skopeo as whoever runs the tests, with nothing of that user's configuration.
skopeo_copy() {
  skopeo --insecure-policy copy --quiet --dest-tls-verify=false --src-tls-verify=false "$@"
}
