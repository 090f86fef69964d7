# shellcheck shell=bash
# Where the result of husk-build goes: -o, --iidfile, --metadata-file, and what others read of it.
load helpers
load images
load build

# An image with a file that is not root's, and with a step that takes something away.
write_context() {
  import_busybox
  mkdir -p context
  echo file > context/file
  dockerfile <<'EOF'
FROM busybox
COPY --chown=7:8 --chmod=640 file /dir/file
COPY --chown=7:8 file /dir/other
RUN ln -s file /dir/link && ln /dir/file /dir/hard && rm /etc/group && chmod 1777 /dir
EOF
}
no_leftovers() { [[ -z $(find . -maxdepth 1 -name '.*-????????????????') ]]; }

@test "-o DIRECTORY: the files, as the caller's own" {
  write_context
  must_build -o out
  [[ $(cat out/dir/file) == file && $(readlink out/dir/link) == file && ! -e out/etc/group ]]
  [[ $(stat -c '%a %h %U' out/dir/hard) == "640 2 $(id -un)" && $(stat -c %a out/dir) == 1777 ]]
  run ! grep -v "$(husk-images -q busybox)" <(husk-images -q) # no image is kept
  no_leftovers
  # Into what is there: other things stay.
  mkdir -p again/dir && echo mine > again/mine && echo old > again/dir/file
  must_build -o type=local,dest=again/
  [[ $(cat again/mine again/dir/file) == $'mine\nfile' ]]
  build -o nowhere/out
  [[ $status -eq 1 ]]
  says "nowhere"
}

@test "-o DIRECTORY: nothing that belongs to the caller runs as the caller for others" {
  import_busybox
  mkdir -p context
  dockerfile <<< $'FROM busybox\nRUN mkdir /d && touch /d/u /d/g && chmod 4755 /d/u && chmod 2755 /d/g && chmod 3777 /d'
  must_build -o out -o type=tar,dest=out.tar
  [[ $(stat -c %a out/d out/d/u out/d/g | xargs) == "1777 755 755" ]]
  [[ $(tar -tvf out.tar d/u) == -rwsr-xr-x* ]] # an archive is no file of anybody yet
}

@test "-o - and type=tar: the files as a tar, with their owners" {
  write_context
  build -o -
  [[ $status -eq 0 ]]
  husk-build -q --network=none -o - context > out.tar
  tar --numeric-owner -tvf out.tar > list
  grep -E '^-rw-r--r-- 7/8 +5 .* dir/other$' list
  run ! grep -E 'etc/group|\.wh\.' list
  must_build -o type=tar,dest=other.tar
  cmp out.tar other.tar
  no_leftovers
}

@test "type=oci and type=docker: skopeo, oci-image-tool, umoci and podman read them" {
  write_context
  must_build -t app:v1 -o type=oci,dest=oci.tar -o type=docker,dest=docker.tar --metadata-file meta --iidfile iid
  [[ $(< iid) == "$id" ]]
  no_leftovers
  skopeo_copy oci-archive:oci.tar oci:from-oci:x
  oci-image-tool validate --type image --ref name=x from-oci
  [[ $(skopeo inspect --config --raw oci:from-oci:x | sha256sum | cut -c1-64) == "${id#sha256:}" ]]
  [[ $(skopeo inspect --config --raw docker-archive:docker.tar:docker.io/library/app:v1 | sha256sum | cut -c1-64) == "${id#sha256:}" ]]
  mkdir unpacked && tar -C unpacked -xf oci.tar
  oci-image-tool validate --type image --ref name=v1 unpacked
  python3 - "$id" unpacked << 'EOF'
import json, sys, hashlib
meta, index = json.load(open("meta")), json.load(open("unpacked/index.json"))
assert meta["containerimage.config.digest"] == sys.argv[1]
assert meta["image.name"] == "docker.io/library/app:v1"
entry = index["manifests"][0]
assert meta["containerimage.digest"] == meta["containerimage.descriptor"]["digest"] == entry["digest"]
assert meta["containerimage.descriptor"]["size"] == entry["size"]
assert entry["annotations"] == {"io.containerd.image.name": "docker.io/library/app:v1",
                                "org.opencontainers.image.ref.name": "v1"}
EOF
  # The same again is the same archive.
  must_build -t app:v1 -o type=oci,dest=again.tar
  cmp oci.tar again.tar
  must_build -t app:v1 -o type=oci,dest=layout,tar=false
  oci-image-tool validate --type image --ref name=v1 layout
  has_subordinate_ids || return 0
  echo '{"default": [{"type": "insecureAcceptAnything"}]}' > policy.json
  podman --root "$PWD/podman" --runroot "$PWD/podman-run" --storage-driver vfs load -q --signature-policy policy.json \
    -i docker.tar | grep 'docker.io/library/app:v1'
  mapped rm -rf podman podman-run
}

@test "type=registry and --push: to every name, and not kept" {
  write_context && start_registry
  must_build -t "$REGISTRY/me/app" -o type=registry,registry.insecure=true --metadata-file meta
  [[ $(skopeo inspect --tls-verify=false --format '{{.Digest}}' "docker://$REGISTRY/me/app") == \
    "$(python3 -c 'import json; print(json.load(open("meta"))["containerimage.digest"])')" ]]
  [[ -z $(husk-images -q "$REGISTRY/me/app") ]]
  must_build -o "type=image,\"name=$REGISTRY/me/a,$REGISTRY/me/b:2\",push=true,registry.insecure=true"
  skopeo inspect --tls-verify=false "docker://$REGISTRY/me/b:2" > /dev/null
  [[ -n $(husk-images -q "$REGISTRY/me/a") ]]
  build -t "$REGISTRY/me/app" --push
  [[ $status -eq 1 && $stderr == *"$REGISTRY"* ]]
  build -o type=registry
  [[ $status -eq 1 ]]
  says "it has no name to be pushed to"
}

@test "--annotation, --label, several -t" {
  write_context
  must_build -t one -t two:v2 --label a=b --annotation org.example.who=me --annotation manifest:x=y
  config | grep -q '"a":"b"'
  grep -lq '"annotations":{"org.example.who":"me","x":"y"}' "$HUSK_ROOT"/blobs/sha256/*
  husk-push -q one oci:layout:one
  grep -l '"annotations":{"org.example.who":"me","x":"y"}' layout/blobs/sha256/*
  build --annotation index:x=y
  [[ $status -eq 2 ]]
  says "the image of one platform has no index"
}

@test "--pull asks the registry again" {
  write_context && start_registry
  mkdir -p config/containers
  printf '[[registry]]\nlocation = "%s"\ninsecure = true\n' "$REGISTRY" > config/containers/registries.conf
  export XDG_CONFIG_HOME=$PWD/config
  husk-push -q busybox "$REGISTRY/base"
  dockerfile <<< $'FROM '"$REGISTRY"$'/base\nRUN cat /etc/new || true'
  must_build
  mkdir other && printf 'FROM busybox\nRUN echo is-new > /etc/new\n' > other/Dockerfile
  CONTEXT=other must_build -o "type=registry,name=$REGISTRY/base"
  must_build --no-cache
  says_not is-new
  must_build --pull
  says is-new
  printf 'FROM busybox\n' > context/Dockerfile
  build --pull
  [[ $status -eq 1 ]]
}

@test "what goes wrong leaves nothing: full disk, a failing step, wrong options" {
  write_context
  build -o type=oci,dest=/dev/full
  [[ $status -eq 1 ]]
  says "No space left on device"
  echo old > iid
  sed -i '$a RUN false' context/Dockerfile
  build -o type=tar,dest=out.tar -o out --iidfile iid
  [[ $status -eq 1 && ! -e out.tar && ! -e out ]]
  no_leftovers
  local wrong
  for wrong in type=zip type=oci,nonsense=1 type=local type=oci,tar=false type=tar,dest=a,dest=b dest=x type=oci,compression=lz ''; do
    build -o "$wrong"
    [[ $status -eq 2 && $stderr == *"husk-build: -o '$wrong': "* ]] || { echo "$wrong: $stderr" >&2 && return 1; }
  done
  build -o - -o type=oci
  [[ $status -eq 2 ]]
}
