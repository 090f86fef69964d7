# shellcheck shell=bash
# --cache-to and --cache-from: what one machine made, another one need not.
load helpers
load images
load build

# A build of two stages on a base image, and the registry that both machines know.
write_context() {
  start_registry
  mkdir -p config/containers context
  printf '[[registry]]\nlocation = "%s"\ninsecure = true\n' "$REGISTRY" > config/containers/registries.conf
  export XDG_CONFIG_HOME=$PWD/config
  busybox_tar | husk-import "$REGISTRY/base" > /dev/null
  husk-push -q "$REGISTRY/base"
  echo source > context/source
  dockerfile << EOT
FROM $REGISTRY/base AS make
COPY source /source
RUN cat /source /source > /made && echo make-ran
FROM $REGISTRY/base
RUN mkdir /app && echo first-ran
COPY --from=make /made /app/made
RUN wc -l < /app/made > /app/lines && echo last-ran
RUN true && echo nothing-ran
CMD ["true"]
EOT
}

# Another machine: an empty store.
new_store() {
  remove_store
  export HUSK_ROOT=$BATS_TEST_TMPDIR/store-$1
}
# Which of the commands have run: what they print stands alone on its line.
ran() {
  local found
  found=$(sed -n 's/^\[[^]]*\] \([a-z]*\)-ran$/\1/p' <<< "$stderr" | sort | paste -sd ' ')
  [[ $found == "$1" ]] || { echo "$stderr" >&2 && return 1; }
}
layers() { find "$HUSK_ROOT"/layers/? -mindepth 1 -maxdepth 1 | wc -l; }

@test "a registry: all steps are hits on a machine that has nothing, and only layers of the image come" {
  write_context
  must_build --cache-to "type=registry,ref=$REGISTRY/cache,mode=max"
  says "exported the cache to $REGISTRY/cache"
  ran "first last make nothing"
  local made=$id
  skopeo inspect --tls-verify=false --raw "docker://$REGISTRY/cache" | grep -q '"mediaType":"application/vnd.husk.buildcache.v1+json"'
  new_store two
  must_build --cache-from "$REGISTRY/cache"
  ran ""
  [[ $id == "$made" ]]
  # The base image has a layer, and the image three more; the two layers of the other stage are not here.
  [[ $(layers) -eq 4 ]]
  look 'cat /app/lines'
  says 2
  # What came is in the store's own cache from then on. (COPY needs to know what the other stage is.)
  must_build
  ran "make"
  [[ $id == "$made" ]]
}

@test "what changed is made, on top of what has not" {
  write_context
  must_build --cache-to "type=local,dest=cache,mode=max"
  new_store two
  echo changed >> context/source
  must_build --cache-from type=local,src=cache
  ran "last make nothing"
  look 'cat /app/lines'
  says 4
  # And what was not changed could be written once more, with what is new.
  must_build --cache-from type=local,src=cache --cache-to type=local,dest=other
  new_store three
  must_build --cache-from type=local,src=other
  ran "make" # mode=min has the steps of the image
}

@test "inline: the image is its own cache, and has the same id" {
  write_context
  must_build
  local made=$id
  must_build -t "$REGISTRY/app" --push --cache-to type=inline
  [[ $id == "$made" ]]
  new_store two
  must_build --cache-from "type=registry,ref=$REGISTRY/app"
  ran make
  [[ $id == "$made" ]]
  new_store three
  sed -i 's/last-ran/last-ran again/' context/Dockerfile
  must_build --cache-from "$REGISTRY/app"
  ran "make nothing"
  says 'first-ran  CACHED'
  says '[stage-1 4/6] last-ran again'
}

@test "several --cache-from; one that is missing is a warning, and an export that fails an error" {
  write_context
  must_build --cache-to type=local,dest=cache,mode=max
  new_store two
  must_build --cache-from type=local,src=nowhere --cache-from "$REGISTRY/nowhere" --cache-from "$REGISTRY/base" --cache-from type=local,src=cache
  ran ""
  says "warning: the cache nowhere is not used: open image layout 'nowhere': No such file or directory"
  says "warning: the cache $REGISTRY/nowhere is not used: "
  says "warning: the cache $REGISTRY/base is not used: it has no build cache in it"
  build --cache-to type=local,dest=/proc/cache
  [[ $status -eq 1 ]]
  says "export the cache to /proc/cache: make directory '/proc/cache'"
  must_build --cache-to type=local,dest=/proc/cache,ignore-error=true
  says "warning: export the cache to /proc/cache: "
  # A cache goes from registry to registry, without its layers coming by.
  must_build --cache-from type=local,src=cache --cache-to "$REGISTRY/cache"
  new_store three
  must_build --cache-from "$REGISTRY/cache" --cache-to "type=registry,ref=$REGISTRY/cache:again,mode=max"
}

@test "a cache that has lost a layer, or lies about one, is as good as none" {
  write_context
  must_build --cache-to type=local,dest=cache,mode=max
  local made=$id blob
  python3 - << 'EOT'
import json, os
index = json.load(open("cache/index.json"))
blob = lambda d: "cache/blobs/sha256/" + d["digest"][7:]
manifest = json.load(open(blob(index["manifests"][0])))
for layer in manifest["layers"]:
    size = os.path.getsize(blob(layer))
    os.chmod(blob(layer), 0o644)
    open(blob(layer), "wb").write(b"x" * size)
EOT
  new_store two
  must_build --cache-from type=local,src=cache
  says "warning: no cache is imported: "
  ran "first last make"
  for blob in cache/blobs/sha256/*; do rm -f "$blob"; done
  new_store three
  must_build --cache-from type=local,src=cache
  says "warning: the cache cache is not used: "
}

@test "--no-cache does not look into it either; what is wrong on the command line" {
  write_context
  must_build --cache-to type=local,dest=cache,mode=max
  must_build --no-cache --cache-from type=local,src=cache
  ran "first last make nothing"
  local wrong
  for wrong in "--cache-to type=local" "--cache-to type=gha" "--cache-to type=inline,mode=max" "--cache-from type=local" \
    "--cache-from type=inline" "--cache-from type=registry" "--cache-to type=local,dest=x,mode=all" \
    "--cache-to type=registry,ref=a,nonsense=1" "--cache-from UPPER CASE"; do
    build "${wrong%% *}" "${wrong#* }"
    [[ $status -eq 2 && $stderr == *"husk-build: $(sed "s/ / '/" <<< "$wrong")': "* ]] || { echo "$wrong: $stderr" >&2 && return 1; }
  done
}
