#!/usr/bin/env bats
# What other programs make of an image that husk built and pushed, and what husk makes of theirs: the same, file for
# file, by type, mode, owner, time, xattr, link and content.

load helpers
load images

teardown() {
  local sound=0
  clean_up || sound=1
  [[ ! -d podman ]] || mapped rm -rf podman podman-run
  return $sound
}

# The image "rich" of busybox and seven more layers: with whiteouts, opaque directories, and what make-rich says.
build_rich() {
  import_busybox
  mkdir -p context
  "$HELPERS/make-rich" > context/rich.tar
  # A user without other ids has none to give files to.
  local chown_some=true
  ! has_subordinate_ids || chown_some='chown -h 1000:10 symlink-good kept/inside && chown 65534 touched-by-run'
  echo copied > context/file
  cat > context/Dockerfile <<EOF
FROM busybox
ADD rich.tar /
WORKDIR /rich
RUN rm -r gone replaced-by-file opaque file-removed file-replaced-by-directory file-replaced-by-link && \
    echo file > replaced-by-file && mkdir file-replaced-by-directory && ln -s kept file-replaced-by-link && \
    mkdir -m 711 opaque && echo new > opaque/new
RUN echo more >> file-changed && touch -d @1500000000 file-touched && ln file-linked-later kept/linked && \
    ln symlink-odd kept/symlink-odd
RUN echo x > touched-by-run && $chown_some && chmod 4755 touched-by-run && mv renamed renamed-away && mkfifo pipe
RUN mkdir gone && echo again > gone/inside && rm -r opaque/new kept/sub && mkdir kept/sub
COPY --chmod=2755 file /rich/copied
USER 0:10
ENV COLOR="light blue" EMPTY=
CMD ["sh", "-c", "echo \$COLOR \$PWD"]
EOF
  id=$(husk-build -q --network=none -t rich context)
}

# Podman with nothing of this user's configuration, its images in this test's directory.
setup_podman() {
  command -v podman > /dev/null || skip_or_fail "no podman"
  echo '{"default": [{"type": "insecureAcceptAnything"}]}' > policy.json
  cat > containers.conf <<EOF
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
EOF
  cat > registries.conf <<EOF
[[registry]]
location = "$REGISTRY"
insecure = true
EOF
  export CONTAINERS_CONF=$PWD/containers.conf CONTAINERS_REGISTRIES_CONF=$PWD/registries.conf
  export STORAGE_DRIVER=overlay
}
peer() { # podman|buildah ARGUMENTS...
  local program=$1
  shift
  "$program" --root "$PWD/podman" --runroot "$PWD/podman-run" "$@"
}
# The owners in the layer of rich.tar of an image layout, counted: "N UID/GID".
owners_in() { # LAYOUT
  local blob
  for blob in "$1"/blobs/sha256/*; do
    tar -tzf "$blob" rich/mode-7777 > /dev/null 2>&1 || continue
    tar -tvzf "$blob" --numeric-owner | awk '{ print $2 }' | sort | uniq -c
  done
}
podman_tree() { # IMAGE
  peer podman unshare sh -c "cd '$PWD' && $(declare -f peer) && at=\$(peer podman image mount '$1') && '$HELPERS/list-tree' \"\$at\""
}

# What a process in a container sees of the image and its environment. Not what the program that runs it puts there,
# nor "/" itself, which podman gives the mode 0555, and docker and husk 0755, whatever the image has.
# shellcheck disable=SC2016
look_around='
  not_of_the_image="^/(dev|proc|sys|run|etc/(hosts|hostname|resolv.conf|mtab)|[.]dockerenv)?(/|$)"
  find / -xdev | grep -vE "$not_of_the_image" | sort | grep -v "name new$" | grep "^/" | tr "\n" "\0" > /dev/shm/names
  xargs -0 stat -c "%N %a %u:%g %h %F %s %t:%T" < /dev/shm/names
  xargs -0 stat -c "%n %Y" < /dev/shm/names | grep -vE "^/etc "
  find / -xdev -type f -perm /444 | grep -vE "$not_of_the_image" | sort | grep "^/" | tr "\n" "\0" | xargs -0 md5sum 2>/dev/null
  echo "$COLOR $PWD $(id -u):$(id -g) $PATH"; umask'

# Podman's runtime may not take the cgroups of a machine.
need_podman_run() { # IMAGE
  peer podman run --rm --network host "$1" true 2> runtime.errors ||
    skip_or_fail "podman can't run anything here: $(tail -n 1 runtime.errors)"
}

@test "what husk built and pushed: skopeo, oci-image-tool, umoci and podman have the same files, and podman runs it" {
  build_rich && start_registry
  husk-push -q --tls-verify=false rich "$REGISTRY/me/rich" > digest
  [[ $(skopeo inspect --tls-verify=false --format '{{.Digest}} {{len .Layers}} {{.Os}}' "docker://$REGISTRY/me/rich") == \
    "$(< digest) 7 linux" ]]
  skopeo_copy "docker://$REGISTRY/me/rich" oci:back:rich
  oci-image-tool validate --type image --ref name=rich back
  husk-push -q rich oci:direct:rich
  oci-image-tool validate --type image --ref name=rich direct
  diff <(cd back/blobs/sha256 && ls) <(cd direct/blobs/sha256 && ls)
  if ! has_subordinate_ids; then
    # The owners that this user can't give to files are in the layers all the same.
    owners_in back > found
    tar --numeric-owner -tvf context/rich.tar | awk '{ print $2 }' | sort | uniq -c > expected
    diff -u expected found
    husk_tree_of_one "$id" > expected
    umoci_tree_of_one back:rich > found
    diff -u expected found
    return
  fi
  setup_podman
  husk_tree "$id" > expected
  [[ $(wc -l < expected) -gt 300 ]]
  umoci_tree back:rich > umoci
  diff -u expected umoci
  peer podman pull -q --signature-policy policy.json "$REGISTRY/me/rich"
  podman_tree "$REGISTRY/me/rich" > podman.tree
  diff -u expected podman.tree

  husk-run --rm --network=host rich sh -c "$look_around" > expected
  [[ $(wc -l < expected) -gt 700 ]]
  need_podman_run "$REGISTRY/me/rich"
  peer podman run --rm --network host "$REGISTRY/me/rich" sh -c "$look_around" > found
  diff -u expected found
  [[ $(husk-run --rm --network=none rich) == "light blue /rich" ]]
  [[ $(peer podman run --rm --network host "$REGISTRY/me/rich") == "light blue /rich" ]]
}

@test "the same with zstd layers, that podman pulls" {
  build_rich && start_registry
  husk-push -q --tls-verify=false --compression zstd rich "$REGISTRY/me/rich"
  skopeo inspect --tls-verify=false --raw "docker://$REGISTRY/me/rich" | grep -q 'tar+zstd'
  skopeo_copy --dest-compress-format gzip "docker://$REGISTRY/me/rich" dir:back
  has_subordinate_ids || return 0  # podman needs them
  setup_podman
  husk_tree "$id" > expected
  peer podman pull -q --signature-policy policy.json "$REGISTRY/me/rich"
  podman_tree "$REGISTRY/me/rich" > podman.tree
  diff -u expected podman.tree
}

@test "what umoci and skopeo made: husk has the same files where all are its user's own" {
  mkdir -p layers && "$HELPERS/make-rich" > layers/rich.tar && busybox_tar > layers/busybox.tar
  umoci init --layout layout
  umoci new --image layout:rich
  umoci raw add-layer --image layout:rich layers/busybox.tar
  umoci raw add-layer --image layout:rich layers/rich.tar
  umoci_tree_of_one layout:rich > expected
  [[ $(wc -l < expected) -gt 300 ]]
  start_registry
  skopeo_copy --format v2s2 oci:layout:rich "docker://$REGISTRY/them/rich"
  id=$(husk-pull -q --tls-verify=false --userns=single "$REGISTRY/them/rich")
  husk_tree_of_one "$id" > found
  diff -u expected found
}

# bats test_tags=subids
@test "what buildah built and podman pushed: husk pulls and runs the same files" {
  build_rich && start_registry && setup_podman
  husk-push -q --tls-verify=false busybox "$REGISTRY/me/busybox"
  sed -i "s|^FROM .*|FROM $REGISTRY/me/busybox|" context/Dockerfile
  peer buildah bud --quiet --layers --isolation chroot --signature-policy policy.json -t theirs context
  podman_tree theirs > expected
  local how
  for how in 'v2s2 gzip' 'oci zstd'; do
    # shellcheck disable=SC2086
    set -- $how
    peer podman push -q --signature-policy policy.json --format "$1" --compression-format "$2" theirs "$REGISTRY/them/rich:$1-$2"
    id=$(husk-pull -q --tls-verify=false "$REGISTRY/them/rich:$1-$2" 2>notes)
    [[ ! -s notes ]]
    husk_tree "$id" > found
    diff -u expected found
  done
  husk-run --rm --network=host "$id" sh -c "$look_around" > found
  need_podman_run theirs
  peer podman run --rm --network host theirs sh -c "$look_around" > expected
  diff -u expected found
}
