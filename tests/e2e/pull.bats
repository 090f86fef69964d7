#!/usr/bin/env bats
# husk-pull: images that other programs wrote, from a registry and from an image layout.

load helpers
load images

# The image at $REGISTRY/me/app is what umoci unpacks of the layout that it came from.
pulled_as_unpacked() { # HUSK-PULL'S OPTIONS...
  local id
  id=$(husk-pull -q --tls-verify=false "$@" "$REGISTRY/me/app")
  [[ $id == sha256:* ]]
  has_subordinate_ids || return 0  # there the owners are in layer.json, and the tree can't show them
  [[ -s expected ]] || umoci_tree layout:two > expected
  husk_tree "$id" > found
  diff -u expected found
}

@test "an OCI image with gzip layers" {
  make_layout && start_registry
  skopeo_copy oci:layout:two "docker://$REGISTRY/me/app"
  pulled_as_unpacked
}

@test "an OCI image with zstd layers" {
  make_layout && start_registry
  skopeo_copy --dest-compress-format zstd oci:layout:two "docker://$REGISTRY/me/app"
  pulled_as_unpacked
  grep -q 'tar+zstd' "$HUSK_ROOT"/blobs/sha256/*
}

@test "a docker schema 2 image" {
  make_layout && start_registry
  skopeo_copy --format v2s2 oci:layout:two "docker://$REGISTRY/me/app"
  pulled_as_unpacked
  grep -q 'docker.distribution.manifest.v2' "$HUSK_ROOT"/blobs/sha256/*
}

@test "an index: the entry for the platform is taken" {
  make_layout && start_registry
  ! has_subordinate_ids || umoci_tree layout:two > expected
  "$HELPERS/make-index" layout two linux/amd64 linux/arm64/v8 linux/s390x
  skopeo_copy --all oci:layout:two "docker://$REGISTRY/me/app"
  pulled_as_unpacked --platform linux/arm64
  run --separate-stderr husk-pull --tls-verify=false --platform linux/riscv64 "$REGISTRY/me/app"
  [[ $status -eq 1 && $stderr == *'linux/s390x'* ]]
}

@test "with the caller's own id alone" {
  make_layout && start_registry
  skopeo_copy oci:layout:two "docker://$REGISTRY/me/app"
  husk-pull -q --tls-verify=false --userns=single "$REGISTRY/me/app"
  [[ -d $HUSK_ROOT/layers/s ]]
  grep -q home/app/mine "$HUSK_ROOT"/layers/s/*/*.json
}

@test "by digest, and not another one" {
  make_layout && start_registry
  skopeo_copy oci:layout:two "docker://$REGISTRY/me/app"
  local digest
  digest=$(skopeo inspect --tls-verify=false --format '{{.Digest}}' "docker://$REGISTRY/me/app")
  husk-pull -q --tls-verify=false "$REGISTRY/me/app@$digest"
  run --separate-stderr husk-pull --tls-verify=false "$REGISTRY/me/app@sha256:$(printf '0%.0s' {1..64})"
  [[ $status -eq 1 && $stderr == *'not found'* ]]
}

@test "the second time nothing is got; a layer that is there is not got again" {
  make_layout && start_registry
  skopeo_copy oci:layout:two "docker://$REGISTRY/me/app"
  husk-pull --tls-verify=false "$REGISTRY/me/app" 2> first
  grep -q 'pulled 2 of 2 layers' first
  husk-pull --tls-verify=false "$REGISTRY/me/app" 2> second
  grep -q 'pulled 0 of 2 layers, 0 B' second
  umoci raw add-layer --image layout:two layers/two.tar
  skopeo_copy oci:layout:two "docker://$REGISTRY/me/more"
  husk-pull --tls-verify=false "$REGISTRY/me/more" 2> third
  grep -q 'pulled 0 of 3 layers' third
}

@test "from an image layout" {
  make_layout
  local id
  id=$(husk-pull -q oci:layout:two local/two)
  husk-images | grep -q local/two
  run --separate-stderr husk-pull oci:layout:three
  [[ $status -eq 1 && $stderr == *'no image with the tag'*three* ]]
  has_subordinate_ids || return 0
  umoci_tree layout:two > expected
  husk_tree "$id" > found
  diff -u expected found
}

@test "plain http is spoken only where it was asked for" {
  make_layout && start_registry
  skopeo_copy oci:layout:two "docker://$REGISTRY/me/app"
  run --separate-stderr husk-pull "$REGISTRY/me/app"
  [[ $status -eq 1 && $stderr == *'--tls-verify=false'* ]]
  mkdir -p config/containers
  printf '[[registry]]\nlocation = "%s"\ninsecure = true\n' "$REGISTRY" > config/containers/registries.conf
  XDG_CONFIG_HOME=$PWD/config husk-pull -q "$REGISTRY/me/app"
}

@test "https with a certificate of one's own, and a password" {
  make_layout
  openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost \
    -addext subjectAltName=IP:127.0.0.1 2> /dev/null
  # me:secret
  echo 'me:$2y$05$'"$(python3 -c 'import crypt; print(crypt.crypt("secret", "$2b$05$abcdefghijklmnopqrstuu")[7:])')" > htpasswd
  local port
  port=$(free_port)
  start_registry_at "$port" "auth: {htpasswd: {realm: test, path: $PWD/htpasswd}}" \
    "http: {addr: \"127.0.0.1:$port\", tls: {certificate: $PWD/cert.pem, key: $PWD/key.pem}}"
  skopeo_copy --dest-creds me:secret oci:layout:two "docker://$REGISTRY/me/app"

  run --separate-stderr husk-pull --creds me:secret "$REGISTRY/me/app"
  [[ $status -eq 1 && $stderr == *certificate* && $stderr != *secret* ]]
  mkdir -p "config/containers/certs.d/$REGISTRY"
  cp cert.pem "config/containers/certs.d/$REGISTRY/ca.crt"
  export XDG_CONFIG_HOME=$PWD/config
  run --separate-stderr husk-pull "$REGISTRY/me/app"
  [[ $status -eq 1 && $stderr == *'authentication required'* ]]
  run --separate-stderr husk-pull --creds me:wrong "$REGISTRY/me/app"
  [[ $status -eq 1 && $stderr == *'authentication required'* && $stderr != *wrong* ]]
  husk-pull -q --creds me:secret "$REGISTRY/me/app"
  printf '{"auths": {"%s": {"auth": "%s"}}}' "$REGISTRY" "$(printf me:secret | base64)" > auth.json
  husk-pull -q --authfile auth.json "$REGISTRY/me/app"
  REGISTRY_AUTH_FILE=$PWD/auth.json husk-pull -q "$REGISTRY/me/app"
}

@test "usage errors" {
  run husk-pull
  [[ $status -eq 2 ]]
  run husk-pull Upper/Case
  [[ $status -eq 2 ]]
  run husk-pull --tls-verify=maybe busybox
  [[ $status -eq 2 ]]
}

@test "without libcurl it says which package to install" {
  mkdir broken && : > broken/libcurl.so.4
  LD_LIBRARY_PATH=$PWD/broken run --separate-stderr husk-pull 127.0.0.1:1/me/app
  [[ $status -eq 1 && -z $output && $stderr == *'load libcurl: '*libcurl.so.4* && $stderr == *"the package 'libcurl4'"* ]]
}
