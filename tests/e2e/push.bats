#!/usr/bin/env bats
# husk-push: what other programs make of what it sends, and what it does not send again.

load helpers
load images

# A root file system of two layers that has never been compressed, as the image "two".
import_two() {
  make_layout
  husk-import one < layers/one.tar > /dev/null
}

@test "skopeo, oci-image-tool and umoci take what was pushed" {
  import_two && start_registry
  local digest
  digest=$(husk-push --tls-verify=false one "$REGISTRY/me/one" 2> said)
  grep -qE 'husk-push: pushed 1 of 1 layer, [0-9.]+ [kM]?B' said
  [[ $(skopeo inspect --tls-verify=false --format '{{.Digest}}' "docker://$REGISTRY/me/one") == "$digest" ]]
  skopeo_copy "docker://$REGISTRY/me/one" oci:back:one
  oci-image-tool validate --type image --ref name=one back
  has_subordinate_ids || return 0
  # umoci finds the same files in it as in the layer that was imported.
  umoci init --layout plain
  umoci new --image plain:one
  umoci raw add-layer --image plain:one layers/one.tar
  umoci_tree plain:one > expected
  umoci_tree back:one > found
  diff -u expected found
}

@test "the same again costs one question; another tag sends no layer" {
  import_two && start_registry
  husk-push -q --tls-verify=false one "$REGISTRY/me/one"
  husk-push --tls-verify=false one "$REGISTRY/me/one" 2>&1 | grep -q 'pushed 0 of 1 layer, 0 B'
  husk-push --tls-verify=false one "$REGISTRY/me/one:other" 2>&1 | grep -q 'pushed 0 of 1 layer, 0 B'
}

@test "a layer is compressed once" {
  import_two && start_registry
  husk-push -q --tls-verify=false one "$REGISTRY/me/one"
  rm -rf "$REGISTRY_DATA/data"
  stop_registry
  start_registry
  # The blob that is in the store is sent: the tree is not looked at, nor could it be.
  mv "$HUSK_ROOT/layers" layers-away
  husk-push --tls-verify=false one "$REGISTRY/me/one" 2>&1 | grep -q 'pushed 1 of 1 layer'
  mv layers-away "$HUSK_ROOT/layers"
}

@test "zstd, where it was asked for" {
  import_two && start_registry
  husk-push -q --tls-verify=false --compression zstd one "$REGISTRY/me/one"
  skopeo inspect --raw --tls-verify=false "docker://$REGISTRY/me/one" | grep -q 'layer.v1.tar+zstd'
  husk-rmi one
  husk-pull -q --tls-verify=false "$REGISTRY/me/one"
}

@test "a pulled image is pushed byte for byte" {
  make_layout && start_registry
  skopeo_copy --format v2s2 oci:layout:two "docker://$REGISTRY/me/app"
  husk-pull -q --tls-verify=false "$REGISTRY/me/app"
  husk-push -q --tls-verify=false "$REGISTRY/me/app" "$REGISTRY/you/app"
  cmp <(skopeo inspect --raw --tls-verify=false "docker://$REGISTRY/me/app") \
    <(skopeo inspect --raw --tls-verify=false "docker://$REGISTRY/you/app")
}

@test "layers that another repository has are mounted" {
  make_layout && start_registry
  skopeo_copy oci:layout:two "docker://$REGISTRY/me/app"
  husk-pull -q --tls-verify=false "$REGISTRY/me/app"
  husk-push --tls-verify=false "$REGISTRY/me/app" "$REGISTRY/you/app" 2>&1 | grep -q 'pushed 0 of 2 layers, 0 B'
}

@test "from the caller's own id, owners are those of the image" {
  import_two && start_registry
  husk-pull -q --userns=single oci:layout:two local/two > /dev/null
  husk-push -q --tls-verify=false local/two "$REGISTRY/me/two"
  HUSK_ROOT=$BATS_TEST_TMPDIR/store-one husk-import --userns=single one < layers/one.tar > /dev/null
  HUSK_ROOT=$BATS_TEST_TMPDIR/store-one husk-push -q --tls-verify=false one "$REGISTRY/me/one"
  skopeo_copy "docker://$REGISTRY/me/one" oci:back:one
  tar -tvzf "back/blobs/sha256/$(python3 - << 'X'
import json
index = json.load(open("back/index.json"))
blob = lambda d: json.load(open("back/blobs/sha256/" + d[7:]))
print(blob(index["manifests"][0]["digest"])["layers"][0]["digest"][7:])
X
)" --numeric-owner | grep -E '1000/1000 .*home/app/mine'
  rm -rf "$BATS_TEST_TMPDIR/store-one"
}

@test "into an image layout" {
  import_two
  husk-push -q one oci:out:first
  husk-push -q one oci:out:second
  oci-image-tool validate --type image --ref name=first out
  umoci list --layout out | sort | diff - <(printf 'first\nsecond\n')
  husk-pull -q oci:out:first again/one
}

@test "what is not there, and what may not be written" {
  import_two && start_registry
  run --separate-stderr husk-push --tls-verify=false nothing "$REGISTRY/me/one"
  [[ $status -eq 1 && $stderr == *'no such image'* ]]
  run --separate-stderr husk-push one "$REGISTRY/me/one"
  [[ $status -eq 1 && $stderr == *'--tls-verify=false'* ]]
  run --separate-stderr husk-push --compression lzma one
  [[ $status -eq 2 ]]
}

# bats test_tags=subids
@test "podman pulls what was pushed" {
  import_two && start_registry
  husk-push -q --tls-verify=false one "$REGISTRY/me/one"
  command -v podman > /dev/null || skip_or_fail "no podman"
  echo '{"default": [{"type": "insecureAcceptAnything"}]}' > policy.json
  podman --root "$PWD/podman" --runroot "$PWD/podman-run" --storage-driver vfs pull -q --tls-verify=false \
    --signature-policy policy.json "$REGISTRY/me/one"
  mapped rm -rf podman podman-run
}
